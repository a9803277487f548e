import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, forEach } from '../interop/support/instances.ts'
import { run } from '../interop/support/processes.ts'
import type { RunningServer, ServerKind } from '../interop/support/servers.ts'
import { type StudyDescription, studyFile } from '../interop/support/studies.ts'
import { buildDataSet, standardDictionary } from '../packages/dicom/src/index.ts'
import { connect, findSopClasses } from '../packages/dimse/src/index.ts'
import { type FigureId, median } from './figures.ts'
import { patientIdOfStudy, populate } from './grow/population.ts'
import type { Bench } from './scenarios.ts'

const instancesPerStudy = 2

/** Requests of a round, each about something else. */
const perRound = 40

type Query = Readonly<Record<string, string>>

interface Question {
  readonly figure: FigureId
  body(request: number, studies: number): object
}

/** Of one of so many studies. */
const patientId = (index: number, studies: number) => patientIdOfStudy((index * 71) % studies, { studies })

const find = (Level: string, Query: Query, more: object = {}): object => ({ Level, Query, ...more })

const pick = (list: readonly string[], index: number): string => list[index % list.length] ?? ''

const month = (index: number): string => {
  const first = `${2015 + (index % 10)}${String((index % 12) + 1).padStart(2, '0')}`
  return `${first}01-${first}31`
}

const questions: readonly Question[] = [
  {
    figure: 'findId',
    body: (index, studies) => find('Study', { PatientID: patientId(index, studies) }, { Expand: true }),
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
  bench: Pick<Bench, 'measurements' | 'rounds' | 'searchedStudies' | 'folder'>,
  servers: ReadonlyMap<ServerKind, RunningServer>,
): Promise<void> {
  const dictionary = join(bench.folder, 'findscu.dic')
  writeDictionary(dictionary)
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
          const time = await ask(client, question, bench.searchedStudies)
          if (round >= 0) bench.measurements.add(question.figure, kind, time)
        }
      }
      for (const [kind] of order) {
        const port = servers.get(kind)?.dicomPort ?? 0
        const whole = await queryByFindscu(port, bench.searchedStudies, dictionary)
        const alone = await queryOnAssociation(port, bench.searchedStudies)
        if (round < 0) continue
        bench.measurements.add('cfind', kind, whole)
        bench.measurements.add('cfindAssociation', kind, alone)
      }
    }
  } finally {
    for (const client of clients.values()) client.close()
  }
}

/** Median of the times of a round, in milliseconds. */
async function ask(client: Client, { body }: Question, studies: number): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < perRound; index++) {
    const answer = await client.send('POST', '/tools/find', JSON.stringify(body(index, studies)))
    if (answer.status !== 200) throw new Error(answer.body.toString())
    times.push(answer.ms)
  }
  return median(times) ?? Number.NaN
}

/** Median of the times of a whole findscu that asks for one study, with Nagle's algorithm off on both sides. */
async function queryByFindscu(port: number, studies: number, dictionary: string): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < perRound / 2; index++) {
    const keys = ['0008,0052=STUDY', '0020,000d', '0010,0010', `0010,0020=${patientId(index, studies)}`]
    const args = ['-S', '-aec', 'ORTHANC', ...keys.flatMap((key) => ['-k', key]), '127.0.0.1', String(port)]
    const started = performance.now()
    const { code, stderr } = await run('findscu', args, {
      env: { TCP_NODELAY: '1', DCMDICTPATH: dictionary },
    })
    times.push(performance.now() - started)
    if (code !== 0) throw new Error(`findscu: ${stderr}`)
  }
  return median(times) ?? Number.NaN
}

/** What findscu has to know: the command elements (PS3.7 Annex E) and what is asked for and answered. */
const known = [
  ...Array.from({ length: 0x1040 }, (_, number) => number),
  ...[0x00080005, 0x00080052, 0x00080054, 0x00080056, 0x00100010, 0x00100020, 0x0020000d],
]

/**
 * findscu reads its dictionary whenever it starts, which takes longer than either server does. This one, in DCMTK's
 * form, is short.
 */
function writeDictionary(path: string): void {
  const hex = (number: number) => number.toString(16).padStart(4, '0')
  const lines = known.flatMap((tag) => {
    const entry = standardDictionary.lookup(tag)
    if (entry === undefined) return []
    return [`(${hex(tag >>> 16)},${hex(tag & 0xffff)})\t${entry.vr}\t${entry.keyword}\t1-n\tDICOM\n`]
  })
  writeFileSync(path, lines.join(''))
}

/** The same by an SCU that runs already: from the request of the association to its release. */
async function queryOnAssociation(port: number, studies: number): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < perRound; index++) {
    const identifier = buildDataSet({ explicitVr: true, littleEndian: true }, [
      [0x00080052, 'CS', 'STUDY'],
      [0x00100010, 'PN'],
      [0x00100020, 'LO', patientId(index, studies)],
      [0x0020000d, 'UI'],
    ])
    const started = performance.now()
    const association = await connect({
      host: '127.0.0.1',
      port,
      callingAeTitle: 'BENCH',
      calledAeTitle: 'ORTHANC',
      presentationContexts: [
        { abstractSyntax: findSopClasses.studyRoot, transferSyntaxes: ['1.2.840.10008.1.2.1'] },
      ],
    })
    const matches = await Array.fromAsync(
      association.find(identifier, { sopClassUid: findSopClasses.studyRoot }),
    )
    await association.release()
    times.push(performance.now() - started)
    if (matches.length === 0) throw new Error('no study found')
  }
  return median(times) ?? Number.NaN
}
