import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type DataSet, formatTag, readPart10, textOf } from '../packages/dicom/src/index.ts'
import { Client } from './support/instances.ts'
import { findProgram, run, skipWithout } from './support/processes.ts'
import {
  type RunningServer,
  sharedFolder,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import { searchedStudies, studyFile } from './support/studies.ts'
import { uidOf } from './support/synthetic.ts'

const skip = skipWithoutServer('kingsfoil') || skipWithout('findscu')
const withRival = skip || skipWithoutServer('orthanc')
const folder = temporaryFolder('dicom-find')
const names = join(sharedFolder, 'samples/Encodings')
let ours: RunningServer
let theirs: RunningServer | undefined

/** Orthanc answers in its default character set, whatever that loses. */
const config = { DicomAlwaysAllowFind: true, DefaultEncoding: 'Utf8' }

const sampleFiles = (): readonly string[] => {
  try {
    return readdirSync(names, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dcm'))
  } catch {
    return []
  }
}

before(async () => {
  if (skip) return
  ours = await startServer('kingsfoil', { folder: join(folder.path, 'a'), config })
  if (!withRival) theirs = await startServer('orthanc', { folder: join(folder.path, 'b'), config })
  const files = [
    ...searchedStudies.map((study) => studyFile(study)),
    studyFile({ name: 'a', patientId: 'A1', patientName: 'Doe^John', modality: 'CT' }, 2),
    ...sampleFiles().map((name) => readFileSync(join(names, name))),
  ]
  for (const { httpPort } of theirs === undefined ? [ours] : [ours, theirs]) {
    const client = new Client(httpPort)
    for (const file of files) assert.equal((await client.send('POST', '/instances', file)).status, 200)
    client.close()
  }
})

after(async () => {
  if (!skip) await Promise.all([ours, theirs].map((server) => server?.kill()))
  folder.remove()
})

/** Elements whose value is each server's own. */
const ownTags: ReadonlySet<number> = new Set([0x00080005])

const show = (dataSet: DataSet): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...dataSet]
      .filter(({ tag }) => !ownTags.has(tag))
      .map(({ tag }) => [formatTag(tag), textOf(dataSet, tag)?.trim() ?? '']),
  )

interface Found {
  readonly log: string
  readonly answers: readonly Readonly<Record<string, string>>[]
}

/** What findscu is given, in an order that does not depend on the server. */
async function findscu(
  server: RunningServer,
  model: '-P' | '-S',
  keys: readonly string[],
  more: readonly string[] = [],
): Promise<Found> {
  const output = mkdtempSync(join(folder.path, 'answers-'))
  const args = keys.flatMap((key) => ['-k', key])
  const target = ['-aec', 'ORTHANC', '127.0.0.1', String(server.dicomPort)]
  const { code, stdout, stderr } = await run(
    'findscu',
    [model, '-v', ...more, '-X', '-od', output, ...args, ...target],
    {
      env: { TCP_NODELAY: '1' },
    },
  )
  const log = `${stdout}${stderr}`
  assert.equal(code, 0, log)
  const answers = await Promise.all(
    readdirSync(output).map(async (name) => {
      const file = readFileSync(join(output, name))
      return show(
        (
          await readPart10(
            (async function* () {
              yield file
            })(),
          )
        ).dataSet,
      )
    }),
  )
  const sorted = answers.map((answer) => JSON.stringify(answer)).sort()
  return { log, answers: sorted.map((text) => JSON.parse(text)) }
}

const uid = (name: string, of: string) => uidOf(`${name} ${of}`)

const study = [
  '0008,0052=STUDY',
  '0020,000d',
  '0010,0020',
  '0010,0010',
  '0008,0020',
  '0008,0050',
  '0008,1030',
]
const all = (level: string) => [`0008,0052=${level}`]

/** Both servers have to answer the same. */
const queries: readonly (readonly ['-P' | '-S', readonly string[]])[] = [
  ['-S', study],
  ['-S', [...study, '0010,0020=A1']],
  ['-S', [...study, '0010,0020=a1']],
  ['-S', [...study, '0010,0020=A1\\D4']],
  ['-S', [...study, '0010,0010=doe*']],
  ['-S', [...study, '0010,0010=*ann*']],
  ['-S', [...study, '0010,0010=SMITH?ON^ANN']],
  ['-S', [...study, '0008,0020=20260101-20260131']],
  ['-S', [...study, '0008,0020=20200101-20251231']],
  ['-S', [...study, '0008,0020=20260101', '0008,0030=100000-110000']],
  ['-S', [...study, '0008,0050=ACC1']],
  ['-S', [...study, '0008,1030=*thorax*']],
  ['-S', [...study, '0008,0061=CT']],
  ['-S', [...study, '0008,0061', '0020,1206', '0020,1208']],
  ['-S', [...study, `0020,000d=${uid('a', 'study')}\\${uid('c', 'study')}`]],
  ['-P', [...all('PATIENT'), '0010,0020', '0010,0010=*', '0020,1200', '0020,1202', '0020,1204']],
  ['-P', [...all('STUDY'), '0010,0020=A1', '0020,000d', '0020,1206']],
  ['-S', [...all('SERIES'), `0020,000d=${uid('a', 'study')}`, '0020,000e', '0008,0060', '0020,1209']],
  ['-S', [...all('SERIES'), '0008,0060=CT', '0008,0020=20260101', '0020,000e', '0010,0020']],
  ['-S', [...all('IMAGE'), `0020,000d=${uid('a', 'study')}`, '0008,0018', '0008,0016', '0020,0013']],
  ['-S', [...all('IMAGE'), `0008,0018=${uid('b', 'instance')}`, '0010,0010']],
  ['-S', [...study, '0018,1000=X-7']],
]

test('both servers answer findscu the same', { skip: withRival, timeout: 120_000 }, async () => {
  assert.ok(theirs)
  for (const [model, keys] of queries) {
    const found = await findscu(ours, model, keys)
    assert.deepEqual(found.answers, (await findscu(theirs, model, keys)).answers, keys.join(' '))
  }
})

const withSamples = withRival || (sampleFiles().length === 0 && 'the sample files are not there')

test('names in all character sets, asked for in UTF-8', { skip: withSamples, timeout: 120_000 }, async () => {
  assert.ok(theirs)
  const keys = [...all('PATIENT'), '0008,0005=ISO_IR 192', '0010,0020', '0010,0010']
  const { answers } = await findscu(ours, '-P', keys)
  assert.deepEqual(answers, (await findscu(theirs, '-P', keys)).answers)
  assert.ok(answers.length > 10)
  const cyrillic = [...keys.slice(0, 3), '0010,0010=Test-Д*']
  assert.deepEqual(
    (await findscu(ours, '-P', cyrillic)).answers,
    (await findscu(theirs, '-P', cyrillic)).answers,
  )
})

test('what clients send against the standard is understood', { skip }, async () => {
  for (const key of ['0008,0020=*', '0020,000d=*', '0008,0030=*']) {
    const { answers } = await findscu(ours, '-S', [...study, key])
    assert.ok(answers.length >= searchedStudies.length - 2, key)
  }
})

test('a request without a level is refused, and the association goes on', { skip }, async () => {
  const { log, answers } = await findscu(ours, '-S', ['0010,0020=A1'], ['--repeat', '2'])
  assert.equal(answers.length, 0)
  assert.equal(log.match(/0xc000|UnableToProcess/gi)?.length ?? 0, 2, log)
})

test('C-CANCEL ends it at once', { skip }, async () => {
  const { log } = await findscu(ours, '-S', study, ['-d', '--cancel', '1'])
  assert.match(log, /Cancel|0xfe00/i)
})

test('who is not allowed to ask gets no presentation context', {
  skip: skip || !findProgram('findscu'),
}, async () => {
  const server = await startServer('kingsfoil', { folder: join(folder.path, 'closed') })
  try {
    const args = ['-S', '-k', '0008,0052=STUDY', '-aec', 'ORTHANC', '127.0.0.1', String(server.dicomPort)]
    const { code, stdout, stderr } = await run('findscu', args)
    assert.notEqual(code, 0)
    assert.match(`${stdout}${stderr}`, /No Acceptable Presentation Contexts/)
  } finally {
    await server.kill()
  }
})

test('answers beyond the limit are cut, and the final status says so', { skip }, async () => {
  const limited = { ...config, LimitFindResults: 2 }
  const server = await startServer('kingsfoil', { folder: join(folder.path, 'limited'), config: limited })
  try {
    const client = new Client(server.httpPort)
    for (const described of searchedStudies) await client.send('POST', '/instances', studyFile(described))
    client.close()
    const { log, answers } = await findscu(server, '-S', study)
    assert.equal(answers.length, 2)
    assert.match(log, /Cancel|0xfe00/i)
  } finally {
    await server.kill()
  }
})
