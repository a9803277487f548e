import { Client, forEach } from '../interop/support/instances.ts'
import { run } from '../interop/support/processes.ts'
import type { RunningServer, ServerKind } from '../interop/support/servers.ts'
import { type StudyDescription, studyFile } from '../interop/support/studies.ts'
import { type FigureId, type Measurements, median } from './figures.ts'
import { populate } from './grow/population.ts'

const instancesPerStudy = 2

/** Requests of a round, each about something else. */
const perRound = 40

type Query = Readonly<Record<string, string>>

interface Question {
  readonly figure: FigureId
  body(request: number): object
}

const find = (Level: string, Query: Query, more: object = {}): object => ({ Level, Query, ...more })

const pick = (list: readonly string[], index: number): string => list[index % list.length] ?? ''

const month = (index: number): string => {
  const first = `${2015 + (index % 10)}${String((index % 12) + 1).padStart(2, '0')}`
  return `${first}01-${first}31`
}

const questions: readonly Question[] = [
  {
    figure: 'findId',
    body: (index) => find('Study', { PatientID: `P${String(index * 7).padStart(7, '0')}` }, { Expand: true }),
  },
  {
    figure: 'findPrefix',
    body: (index) => find('Study', { PatientName: `${pick(['SMITH', 'CHEN', 'KIM', 'ROSSI'], index)}*` }),
  },
  {
    figure: 'findPart',
    body: (index) => find('Study', { PatientName: `*${pick(['MITHS', 'ILSON', 'OWALS', 'RCIA'], index)}*` }),
  },
  { figure: 'findDates', body: (index) => find('Study', { StudyDate: month(index) }) },
  {
    figure: 'findExpand',
    body: (index) =>
      find('Study', { PatientName: `${pick(['S', 'K', 'R', 'N'], index)}*` }, { Expand: true, Limit: 100 }),
  },
  {
    figure: 'findSeries',
    body: (index) =>
      find(
        'Series',
        {
          Modality: pick(['CT', 'MR'], index),
          StudyDate: `${2015 + (index % 9)}0101-${2016 + (index % 9)}1231`,
        },
        { Expand: true, Limit: 100 },
      ),
  },
]

function* describeStudies(studies: number): Generator<StudyDescription> {
  for (const { tags } of populate({ instances: studies, studies }, 1)) {
    const value = (level: keyof typeof tags, tag: string): string => String(tags[level][tag] ?? '')
    yield {
      name: value('Study', '0020,000d'),
      patientId: value('Patient', '0010,0020'),
      patientName: value('Patient', '0010,0010'),
      birthDate: value('Patient', '0010,0030'),
      studyDate: value('Study', '0008,0020'),
      accessionNumber: value('Study', '0008,0050'),
      studyDescription: value('Study', '0008,1030'),
      modality: value('Series', '0008,0060'),
      seriesDescription: value('Series', '0008,103e'),
    }
  }
}

function* filesOf(studies: number): Generator<Buffer> {
  for (const study of describeStudies(studies)) {
    for (let number = 1; number <= instancesPerStudy; number++) yield studyFile(study, number)
  }
}

/** Fills both servers with the same small studies and asks them the same questions in turn. */
export async function findRounds(
  bench: { readonly measurements: Measurements; readonly rounds: number; readonly searchedStudies: number },
  servers: ReadonlyMap<ServerKind, RunningServer>,
): Promise<void> {
  const clients = new Map([...servers].map(([kind, { httpPort }]) => [kind, new Client(httpPort)]))
  try {
    for (const client of clients.values()) {
      await forEach(filesOf(bench.searchedStudies), 8, async (file) => {
        const { status, body } = await client.send('POST', '/instances', file)
        if (status !== 200) throw new Error(body.toString())
      })
    }
    for (let round = -1; round < bench.rounds; round++) {
      const order = round % 2 === 0 ? [...clients] : [...clients].reverse()
      for (const question of questions) {
        for (const [kind, client] of order) {
          const time = await ask(client, question)
          if (round >= 0) bench.measurements.add(question.figure, kind, time)
        }
      }
      for (const [kind] of order) {
        const time = await query(servers.get(kind)?.dicomPort ?? 0)
        if (round >= 0) bench.measurements.add('cfind', kind, time)
      }
    }
  } finally {
    for (const client of clients.values()) client.close()
  }
}

/** Median of the times of a round, in milliseconds. */
async function ask(client: Client, { body }: Question): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < perRound; index++) {
    const answer = await client.send('POST', '/tools/find', JSON.stringify(body(index)))
    if (answer.status !== 200) throw new Error(answer.body.toString())
    times.push(answer.ms)
  }
  return median(times) ?? Number.NaN
}

/** Median of the times of a whole findscu that asks for one study, with Nagle's algorithm off on both sides. */
async function query(port: number): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < perRound / 2; index++) {
    const key = `0010,0020=P${String(index * 7).padStart(7, '0')}`
    const keys = ['0008,0052=STUDY', '0020,000d', '0010,0010', key].flatMap((each) => ['-k', each])
    const started = performance.now()
    const { code, stderr } = await run(
      'findscu',
      ['-S', '-aec', 'ORTHANC', ...keys, '127.0.0.1', String(port)],
      {
        env: { TCP_NODELAY: '1' },
      },
    )
    times.push(performance.now() - started)
    if (code !== 0) throw new Error(`findscu: ${stderr}`)
  }
  return median(times) ?? Number.NaN
}
