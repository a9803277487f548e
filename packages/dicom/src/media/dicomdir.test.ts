import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DataSet } from '../data-set/data-set.ts'
import type { NewElement } from '../encoding/build-data-set.ts'
import { DicomError } from '../errors.ts'
import { readPart10 } from '../part10/read-part10.ts'
import { textOf } from '../values/text-of.ts'
import { buildDicomdir, Dicomdir, type MediaInstance } from './dicomdir.ts'
import { bareFile, outline, walk } from './media.fixture.ts'
import { type MediaKeys, mediaKeysOf } from './media-keys.ts'

const now = new Date('2026-03-04T05:06:07.890Z')
const options = { fileSetId: 'TEST', now, sopInstanceUid: '2.25.1' }

function keysOf(...parameters: Parameters<typeof bareFile>): MediaKeys {
  const keys = mediaKeysOf(bareFile(...parameters))
  assert.ok(keys)
  return keys
}

const member = (
  index: number,
  patient: string,
  study: string,
  series: string,
  more: readonly NewElement[] = [],
): MediaInstance => ({
  fileId: ['IMAGES', `IM${index}`],
  keys: keysOf({ study, series, instance: `1.9.${index}` }, [
    [0x00100020, 'LO', patient],
    [0x00200013, 'IS', String(index)],
    ...more,
  ]),
})

async function bytesOf(instances: Iterable<MediaInstance>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of buildDicomdir(instances, options)) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('instances in any order become the tree that the offsets tell', async () => {
  const instances = [
    member(0, 'A', '1.1', '1.1.1'),
    member(1, 'B', '1.2', '1.2.1'),
    member(2, 'A', '1.1', '1.1.2'),
    member(3, 'A', '1.3', '1.3.1'),
    member(4, 'A', '1.1', '1.1.1'),
    member(5, 'B', '1.2', '1.2.1'),
  ]
  const records = await walk(await bytesOf(instances))
  assert.deepEqual(outline(records, [0x00100020, 0x0020000d, 0x0020000e, 0x00041500]), [
    'PATIENT A',
    '  STUDY 1.1',
    '    SERIES 1.1.1',
    '      IMAGE IMAGES\\IM0',
    '      IMAGE IMAGES\\IM4',
    '    SERIES 1.1.2',
    '      IMAGE IMAGES\\IM2',
    '  STUDY 1.3',
    '    SERIES 1.3.1',
    '      IMAGE IMAGES\\IM3',
    'PATIENT B',
    '  STUDY 1.2',
    '    SERIES 1.2.1',
    '      IMAGE IMAGES\\IM1',
    '      IMAGE IMAGES\\IM5',
  ])
})

test('records that come in order lie in order, one after the other', async () => {
  const records = await walk(await bytesOf([member(0, 'A', '1.1', '1.1.1'), member(1, 'A', '1.1', '1.1.1')]))
  const offsets = [
    ...(function* flat(level: typeof records): Generator<number> {
      for (const { offset, below } of level) {
        yield offset
        yield* flat(below)
      }
    })(records),
  ]
  assert.equal(offsets.length, 5)
  assert.deepEqual(
    offsets,
    offsets.toSorted((one, other) => one - other),
  )
})

test('what stands before the records (PS3.3 F.3.2)', async () => {
  const bytes = await bytesOf([member(0, 'A', '1.1', '1.1.1')])
  const { fileMeta, dataSet, transferSyntaxUid } = await readPart10([
    bytes,
  ] as unknown as AsyncIterable<Uint8Array>)
  assert.equal(textOf(fileMeta, 0x00020002), '1.2.840.10008.1.3.10')
  assert.equal(textOf(fileMeta, 0x00020003), '2.25.1')
  assert.equal(transferSyntaxUid, '1.2.840.10008.1.2.1')
  assert.equal(textOf(dataSet, 0x00041130), 'TEST')
  assert.equal(textOf(dataSet, 0x00041212), '0')
  const [patient] = await walk(bytes)
  const image = patient?.below[0]?.below[0]?.below[0]?.item
  assert.ok(image)
  assert.deepEqual(
    [0x00041410, 0x00041510, 0x00041511, 0x00041512, 0x00200013].map((tag) => textOf(image, tag)),
    ['65535', '1.2.840.10008.5.1.4.1.1.2', '1.9.0', '1.2.840.10008.1.2.1', '0'],
  )
})

test('without instances there are no records, and no offsets', async () => {
  assert.deepEqual(await walk(await bytesOf([])), [])
})

test('the size is that of the file, from the first instance to the last', () => {
  const dicomdir = new Dicomdir(options)
  for (let index = 0; index < 1000; index++) {
    dicomdir.add(member(index, `P${index % 7}`, `1.${index % 7}`, `1.${index % 7}.1`))
    if (index % 250 === 0) {
      assert.equal(Buffer.concat([...dicomdir.finish()]).length, dicomdir.size)
    }
  }
  assert.equal(Buffer.concat([...dicomdir.finish()]).length, dicomdir.size)
})

test('many blocks hold together', async () => {
  const instances = Array.from({ length: 3000 }, (_, index) =>
    member(index, `P${index % 11}`, `1.${index % 11}`, `1.${index % 11}.${index % 3}`),
  )
  const records = await walk(await bytesOf(instances))
  assert.equal(records.length, 11)
  assert.equal(outline(records, []).filter((line) => line.endsWith('IMAGE')).length, 3000)
})

test('a record may be longer than a block', async () => {
  const series = Array.from({ length: 3 }, (_, index): NewElement[] => [
    [0x0020000e, 'UI', `1.2.${index}`],
    [
      0x00081140,
      'SQ',
      Array.from({ length: 1000 }, (_, image): NewElement[] => [[0x00081155, 'UI', `1.7.${index}.${image}`]]),
    ],
  ])
  const presentation = (index: number): MediaInstance => ({
    fileId: ['IMAGES', `IM${index}`],
    keys: keysOf({ sopClassUid: '1.2.840.10008.5.1.4.1.1.11.1', instance: `1.9.${index}` }, [
      [0x00081115, 'SQ', series],
    ]),
  })
  const bytes = await bytesOf([presentation(0), member(1, '', '1.1', '1.2'), presentation(2)])
  assert.ok(bytes.length > 2 * 65_536)
  const leaves = (await walk(bytes))[0]?.below[0]?.below[0]?.below ?? []
  assert.deepEqual(
    leaves.map(({ type, item }) => [type, referencesOf(item)]),
    [
      ['PRESENTATION', 3000],
      ['IMAGE', 0],
      ['PRESENTATION', 3000],
    ],
  )
})

function referencesOf(item: DataSet): number {
  const own = item.has(0x00081155) ? 1 : 0
  const below = [...item].flatMap(({ value }) => (value.kind === 'items' ? value.items : []))
  return below.reduce((sum, each) => sum + referencesOf(each), own)
}

test('an instance has one record', async () => {
  const dicomdir = new Dicomdir(options)
  const instance = member(0, 'A', '1.1', '1.1.1')
  assert.equal(dicomdir.add(instance), 'Added')
  assert.equal(dicomdir.add({ ...instance, fileId: ['IMAGES', 'IM1'] }), 'Duplicate')
  const elsewhere = { ...instance.keys, values: { ...instance.keys.values, '0010,0020': 'B' } }
  assert.equal(dicomdir.add({ fileId: ['IMAGES', 'IM2'], keys: elsewhere }), 'Duplicate')
  const records = await walk(Buffer.concat([...dicomdir.finish()]))
  assert.deepEqual(outline(records, [0x00041500]), [
    'PATIENT',
    '  STUDY',
    '    SERIES',
    '      IMAGE IMAGES\\IM0',
  ])
})

test('one PatientID is one patient, with the first name; a study may lie below two patients', async () => {
  const records = await walk(
    await bytesOf([
      member(0, 'A', '1.1', '1.1.1', [[0x00100010, 'PN', 'One']]),
      member(1, 'A', '1.2', '1.2.1', [[0x00100010, 'PN', 'Two']]),
      member(2, 'B', '1.1', '1.1.1', [[0x00100010, 'PN', 'Three']]),
    ]),
  )
  assert.deepEqual(outline(records, [0x00100010, 0x00100020, 0x0020000d]), [
    'PATIENT One A',
    '  STUDY 1.1',
    '    SERIES',
    '      IMAGE',
    '  STUDY 1.2',
    '    SERIES',
    '      IMAGE',
    'PATIENT Three B',
    '  STUDY 1.1',
    '    SERIES',
    '      IMAGE',
  ])
})

test('a study without PatientID is a patient of its own, under the UID of the study', async () => {
  const records = await walk(
    await bytesOf([
      member(0, '', '1.1', '1.1.1'),
      member(1, '', '1.2', '1.2.1'),
      member(2, '', '1.1', '1.1.1'),
      member(3, '1.1', '1.1', '1.1.1'),
    ]),
  )
  assert.deepEqual(
    records.map(({ item }) => textOf(item, 0x00100020)),
    ['1.1', '1.2', '1.1'],
  )
})

test('objects without a patient stand beside the patients', async () => {
  const palette = keysOf({ sopClassUid: '1.2.840.10008.5.1.4.39.1', instance: '1.8' }, [
    [0x00700080, 'CS', 'HOT'],
  ])
  const records = await walk(
    await bytesOf([
      member(0, 'A', '1.1', '1.1.1'),
      { fileId: ['IMAGES', 'IM1'], keys: palette },
      member(2, 'B', '1.2', '1.2.1'),
    ]),
  )
  assert.deepEqual(
    records.map(({ type, item }) => [type, textOf(item, 0x00700080), textOf(item, 0x00041500)]),
    [
      ['PATIENT', undefined, undefined],
      ['PALETTE', 'HOT', 'IMAGES\\IM1'],
      ['PATIENT', undefined, undefined],
    ],
  )
})

test('numbers and dates that are missing are made up, for they must not be empty', async () => {
  const records = await walk(
    await bytesOf(
      [1, 2].map((index) => ({
        fileId: ['IMAGES', `IM${index}`],
        keys: keysOf({ instance: `1.9.${index}`, series: `1.2.${index}` }),
      })),
    ),
  )
  const study = records[0]?.below[0]
  assert.ok(study)
  assert.deepEqual(
    [0x00080020, 0x00080030, 0x00200010].map((tag) => textOf(study.item, tag)),
    ['20260304', '050607', '1'],
  )
  assert.deepEqual(
    study.below.map(({ item }) => [0x00080060, 0x00200011].map((tag) => textOf(item, tag))),
    [
      ['OT', '1'],
      ['OT', '2'],
    ],
  )
  assert.equal(textOf(study.below[0]?.below[0]?.item ?? study.item, 0x00200013), '1')
})

test('the limit of the size, to the byte', () => {
  const instance = member(0, 'A', '1.1', '1.1.1')
  const measured = new Dicomdir(options)
  measured.add(instance)
  const { size } = measured
  const fits = new Dicomdir({ ...options, limits: { maxBytes: size } })
  fits.add(instance)
  const isTooLong = (error: unknown) => error instanceof DicomError && error.code === 'NotEncodable'
  assert.throws(() => new Dicomdir({ ...options, limits: { maxBytes: size - 1 } }).add(instance), isTooLong)
  assert.throws(() => fits.add(member(1, 'A', '1.1', '1.1.1')), isTooLong)
})

test('a File ID is one to eight names of one to eight characters', () => {
  const { keys } = member(0, 'A', '1.1', '1.1.1')
  for (const fileId of [
    [],
    ['IMAGES', 'IM1000000'],
    ['images', 'IM0'],
    ['A', ''],
    Array(9).fill('A'),
    ['A.B'],
  ]) {
    assert.throws(() => new Dicomdir(options).add({ fileId, keys }), /Not a File ID/)
  }
  assert.equal(new Dicomdir(options).add({ fileId: Array(8).fill('A_234567'), keys }), 'Added')
})

test('keys may be kept as JSON on the way', async () => {
  const instances = [
    member(0, 'A', '1.1', '1.1.1', [
      [0x00080005, 'CS', 'ISO_IR 192'],
      [0x00100010, 'PN', 'Müller^Jörg'],
    ]),
    member(1, 'A', '1.1', '1.1.2'),
  ]
  const kept = JSON.parse(JSON.stringify(instances)) as typeof instances
  assert.deepEqual(kept, instances)
  assert.deepEqual(await bytesOf(kept), await bytesOf(instances))
})
