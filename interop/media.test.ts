import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  buildDataSet,
  encodeDataSet,
  encodeFileMeta,
  type NewElement,
  type NewValue,
  storageSopClasses,
} from '../packages/dicom/src/index.ts'
import { keysOf, type RecordKey } from '../packages/dicom/src/media/record-keys.ts'
import { isRootType, type LeafType, leafTypeOf } from '../packages/dicom/src/media/record-type.ts'
import { knownMediaDifferences } from './known-media-differences.ts'
import { compareJson, explains } from './support/differences.ts'
import { Client } from './support/instances.ts'
import { makeMediaSet, readTree, type TreeRecord } from './support/media.ts'
import { run, skipWithout } from './support/processes.ts'
import {
  type RunningServer,
  sharedFolder,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import { uidOf } from './support/synthetic.ts'

const samples = join(sharedFolder, 'samples')
const withoutSamples = !existsSync(samples) && 'no ../shared/samples'
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import pydicom.fileset']).status === 0,
)
const withoutPydicom = python === undefined && 'pydicom is not installed'
const folder = temporaryFolder('media')

const samplesIn = (path: string): readonly string[] =>
  readdirSync(join(samples, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.dcm$/.test(name) || /IM-/.test(name))
    .sort()
    .map((name) => join(samples, path, name))

interface Walked {
  readonly id: string
  readonly instances: readonly {
    readonly type: string
    readonly depth: number
    readonly recordUid: string
    readonly fileUid: string
    readonly recordName: string | null
    readonly fileName: string
  }[]
}

async function walkWithPydicom(path: string): Promise<Walked> {
  const script = join(import.meta.dirname, 'support/walk-file-set.py')
  const { code, stdout, stderr } = await run(python ?? '', [script, path])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as Walked
}

/** What dciodvfy calls an error, unless it is the fault of the UIDs that the files have, or of its age. */
async function errorsIn(dicomdir: string): Promise<readonly string[]> {
  const { stdout, stderr } = await run('dciodvfy', [dicomdir])
  const lines = `${stdout}\n${stderr}`.split('\n')
  assert.ok(lines.includes('BasicDirectory'), stderr.slice(0, 2000))
  return lines.filter((line) => line.startsWith('Error') && !/Illegal root for UID/.test(line))
}

const skip = withoutSamples || skipWithoutServer('kingsfoil') || skipWithout('unzip')
let ours: RunningServer | undefined
let client: Client | undefined

/** The ids of files that were stored, and of their studies. */
interface Stored {
  readonly instances: readonly string[]
  readonly studies: readonly string[]
}

async function store(files: readonly string[]): Promise<Stored> {
  const [instances, studies] = [new Set<string>(), new Set<string>()]
  for (const file of files) {
    const answer = await client?.send('POST', '/instances', readFileSync(file))
    assert.equal(answer?.status, 200, file)
    const { ID, ParentStudy } = JSON.parse(answer.body.toString()) as Record<string, string>
    instances.add(ID ?? '')
    studies.add(ParentStudy ?? '')
  }
  return { instances: [...instances], studies: [...studies] }
}

/** Has the server make a media set, and unpacks it. */
async function fetchMediaSet(
  path: string,
  resources: readonly string[],
  {
    extended = false,
    from = client,
  }: { readonly extended?: boolean; readonly from?: Client | undefined } = {},
): Promise<readonly string[]> {
  const route = extended ? '/tools/create-media-extended' : '/tools/create-media'
  const answer = await from?.send('POST', route, JSON.stringify(resources))
  assert.equal(answer?.status, 200)
  const archive = `${path}.zip`
  writeFileSync(archive, answer.body)
  const { code, stderr } = await run('unzip', ['-q', archive, '-d', path])
  assert.equal(code, 0, stderr)
  const { stdout } = await run('unzip', ['-Z1', archive])
  return stdout.trim().split('\n')
}

before(async () => {
  if (skip) return
  ours = await startServer('kingsfoil', { folder: join(folder.path, 'kingsfoil') })
  client = new Client(ours.httpPort)
})

after(async () => {
  client?.close()
  await ours?.kill()
  folder.remove()
})

test('all samples in one media set', { skip, timeout: 240_000 }, async (t) => {
  const { instances, studies } = await store(samplesIn('.'))
  const count = instances.length
  for (const extended of [false, true]) {
    const path = join(folder.path, `samples ${extended}`)
    const dicomdir = join(path, 'DICOMDIR')
    const kind = extended ? ' (extended)' : ''
    assert.equal((await fetchMediaSet(path, studies, { extended })).at(-1), 'DICOMDIR')
    await t.test(`dcmdump reads it${kind}`, { skip: skipWithout('dcmdump') }, async () => {
      const { code, stdout, stderr } = await run('dcmdump', ['-q', dicomdir])
      assert.equal(code, 0, stderr)
      assert.equal(stdout.match(/\(0004,1500\)/g)?.length, count)
    })
    await t.test(`dciodvfy finds nothing wrong${kind}`, { skip: skipWithout('dciodvfy') }, async () => {
      assert.deepEqual(await errorsIn(dicomdir), [])
    })
    await t.test(`pydicom walks to every file${kind}`, { skip: withoutPydicom }, async () => {
      const walked = await walkWithPydicom(path)
      assert.equal(walked.id, 'ORTHANC_MEDIA')
      assert.equal(walked.instances.length, count)
      for (const { recordUid, fileUid, recordName, fileName, depth } of walked.instances) {
        assert.equal(recordUid, fileUid)
        assert.equal(recordName, fileName)
        assert.equal(depth, 3)
      }
    })
  }
})

test('dcmmkdir makes the same tree of the same files', {
  skip: skip || skipWithout('dcmmkdir'),
  timeout: 120_000,
}, async () => {
  const path = join(folder.path, 'tree')
  const folders = ['Brainix', 'Knee', 'Knix', 'Phenix', 'PatientWith2studies']
  const { instances } = await store(folders.flatMap(samplesIn))
  assert.ok(instances.length > 50)
  // Not of whole studies: of one PatientID with two names it makes two patients.
  await fetchMediaSet(path, instances)
  const tree = await readTree(readFileSync(join(path, 'DICOMDIR')))
  assert.deepEqual(outline(tree), outline(await treeOfDcmmkdir(path)))
})

async function treeOfDcmmkdir(path: string): Promise<TreeRecord> {
  const made = join(path, 'THEIRS')
  const options = ['+r', '-Nxc', '-Nrc', '+I', '+id', path, '+D', made, 'IMAGES']
  const { code, stderr } = await run('dcmmkdir', options)
  assert.equal(code, 0, stderr)
  assert.ok(!/cannot be added/.test(stderr), stderr)
  return readTree(readFileSync(made))
}

const outline = ({ below }: TreeRecord): unknown =>
  Object.fromEntries(
    Object.entries(below)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, record]) => [name, outline(record)]),
  )

/** Types of records that DCMTK or dciodvfy as Debian has them do not know, or take for another. */
const unknownTo = {
  dciodvfy: ['ANNOTATION', 'ASSESSMENT', 'PLAN', 'SURFACE SCAN', 'TRACT'],
  /** Groups and assemblies of implants are mixed up there; dciodvfy wants more for stereometric relationships. */
  dcmmkdir: ['IMPLANT ASSY', 'IMPLANT GROUP', 'PRIVATE', 'STEREOMETRIC'],
} as const

const texts: Readonly<Record<string, NewValue>> = {
  DA: '20200102',
  TM: '101112',
  DT: '20200102101112',
  IS: '7',
  CS: 'ABC',
  UI: '1.2.840.7',
  US: 5,
  UL: 6,
}

const special: Readonly<Record<string, NewValue>> = {
  '0008,0008': ['ORIGINAL', 'PRIMARY'],
  '0008,0060': 'OT',
  '0040,a010': 'HAS CONCEPT MOD',
  '0040,a040': 'CODE',
  '0040,a491': 'COMPLETE',
  '0040,a493': 'VERIFIED',
  '0042,0012': 'application/pdf',
}

/** Long codes, URNs, texts, what only HL7 documents have, frames, what only states that blend have. */
const otherWays: ReadonlySet<string> = new Set([
  '0008,0119',
  '0008,0120',
  '0040,a160',
  '0040,e001',
  '0008,1160',
  '0070,0402',
])

/** Every key with some value; of codes and references, the one way of saying it. */
const filled = (keys: readonly RecordKey[]): readonly NewElement[] =>
  keys
    .filter(({ name }) => !otherWays.has(name))
    .map(({ tag, vr, name, items, within }) => {
      if (vr === 'SQ') return [tag, vr, [filled(items)]]
      const element: NewElement = [tag, vr, special[name] ?? texts[vr] ?? 'text']
      return within === undefined ? element : [within, 'SQ', [[element]]]
    })

function writeFull(path: string, sopClassUid: string, type: LeafType): void {
  const levels = isRootType(type) ? [type] : (['PATIENT', 'STUDY', 'SERIES', type] as const)
  const sopInstanceUid = uidOf(`media ${sopClassUid}`)
  const elements = new Map<number, NewElement>([
    [0x00080016, [0x00080016, 'UI', sopClassUid]],
    [0x00080018, [0x00080018, 'UI', sopInstanceUid]],
    ...levels
      .flatMap((level) => filled(keysOf(level, false)))
      .map((element) => [element[0], element] as const),
  ])
  const encoding = { explicitVr: true, littleEndian: true }
  const meta = { sopClassUid, sopInstanceUid, transferSyntaxUid: '1.2.840.10008.1.2.1' }
  const dataSet = encodeDataSet(buildDataSet(encoding, [...elements.values()]), encoding)
  writeFileSync(path, Buffer.concat([encodeFileMeta(meta), dataSet]))
}

const grayscaleState = '1.2.840.10008.5.1.4.1.1.11.1'

const typesOfRecords = new Map(
  [...storageSopClasses.map(({ uid }) => uid).toReversed(), grayscaleState].map(
    (uid) => [leafTypeOf(uid, false), uid] as const,
  ),
)

for (const [type, sopClassUid] of typesOfRecords) {
  test(`a record ${type} has the keys that foreign tools want`, {
    skip: skipWithout('dcmmkdir', 'dciodvfy'),
    timeout: 60_000,
  }, async () => {
    const path = join(folder.path, type)
    const file = join(folder.path, `${type}.dcm`)
    writeFull(file, sopClassUid, type)
    await makeMediaSet(path, [file], false)
    const errors = await errorsIn(join(path, 'DICOMDIR'))
    const isKnown = !(unknownTo.dciodvfy as readonly string[]).includes(type)
    assert.deepEqual(
      errors.filter((error) => isKnown || !/enumerated value <.*> .*<Directory Record Type>/.test(error)),
      [],
    )
    if ((unknownTo.dcmmkdir as readonly string[]).includes(type)) return
    assert.deepEqual(await readTree(readFileSync(join(path, 'DICOMDIR'))), {
      ...(await treeOfDcmmkdir(path)),
      says: { '0004,1130': 'ORTHANC_MEDIA', '0004,1212': '0' },
    })
  })
}

/** Files of different kinds and character sets. */
const compared = [
  'Brainix/Flair/IM-0001-0001.dcm',
  'Encodings/Lena-latin1.dcm',
  'Encodings/Lena-utf8.dcm',
  'MarekLatin2.dcm',
  'sample-pdf.dcm',
  'DummyCT.dcm',
]

test('media sets beside those of Orthanc', {
  skip: skip || skipWithoutServer('orthanc'),
  timeout: 120_000,
}, async (t) => {
  const orthanc = await startServer('orthanc', { folder: join(folder.path, 'orthanc') })
  const rival = new Client(orthanc.httpPort)
  t.after(async () => {
    rival.close()
    await orthanc.kill()
  })
  const used = new Set<number>()
  for (const [index, sample] of compared.entries()) {
    const content = readFileSync(join(samples, sample))
    const answers = await Promise.all(
      [client, rival].map((each) => each?.send('POST', '/instances', content)),
    )
    const [id, ...ids] = answers.map((answer) => JSON.parse(String(answer?.body)).ID as string)
    assert.deepEqual(ids, [id])
    for (const extended of [false, true]) {
      const [mine, other] = [client, rival].map(async (from, side) => {
        const path = join(folder.path, `compared ${index} ${extended} ${side}`)
        const names = await fetchMediaSet(path, ids, { extended, from })
        return { names, tree: await readTree(readFileSync(join(path, 'DICOMDIR'))) }
      })
      const route = `POST /tools/create-media${extended ? '-extended' : ''}`
      for (const found of compareJson(await mine, await other)) {
        const difference = { ...found, route, subject: sample }
        const known = knownMediaDifferences.findIndex((each) => explains(each, difference))
        assert.notEqual(known, -1, JSON.stringify(difference))
        used.add(known)
      }
    }
  }
  const stale = knownMediaDifferences.filter((_, index) => !used.has(index)).map(({ title }) => title)
  assert.deepEqual(stale, [])
})
