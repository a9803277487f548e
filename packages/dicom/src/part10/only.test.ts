import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildDataSet } from '../encoding/build-data-set.ts'
import { encodeDataSet } from '../encoding/write-data-set.ts'
import { DicomError } from '../errors.ts'
import { encodeFileMeta } from './encode-file-meta.ts'
import { Part10Reader } from './part10-reader.ts'

const explicit = { explicitVr: true, littleEndian: true }
const patientId = 0x00100020
const procedureCodes = 0x00081032
const requestAttributes = 0x00400275
const pixelData = 0x7fe00010

const item = buildDataSet(explicit, [[0x00080100, 'SH', ['A']]])

/** A sequence of undefined length with one item of undefined length, as bytes (PS3.5 7.5.1). */
function undefinedLengthSequence(tag: number): Uint8Array {
  const header = (group: number, element: number, length: number): number[] => [
    group & 0xff,
    group >> 8,
    element & 0xff,
    element >> 8,
    length & 0xff,
    (length >> 8) & 0xff,
    (length >> 16) & 0xff,
    length >>> 24,
  ]
  return Uint8Array.from([
    ...[
      (tag >>> 16) & 0xff,
      tag >>> 24,
      tag & 0xff,
      (tag >>> 8) & 0xff,
      0x53,
      0x51,
      0,
      0,
      0xff,
      0xff,
      0xff,
      0xff,
    ],
    ...header(0xfffe, 0xe000, 0xffffffff),
    ...encodeDataSet(item, explicit),
    ...header(0xfffe, 0xe00d, 0),
    ...header(0xfffe, 0xe0dd, 0),
  ])
}

function makeFile(): Uint8Array {
  const meta = encodeFileMeta({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: '1.2.3',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
  })
  return Buffer.concat([
    meta,
    undefinedLengthSequence(procedureCodes),
    encodeDataSet(buildDataSet(explicit, [[patientId, 'LO', ['P1']]]), explicit),
    undefinedLengthSequence(requestAttributes),
    encodeDataSet(buildDataSet(explicit, [[pixelData, 'OW', new Uint8Array(1000)]]), explicit),
  ])
}

const only = new Set([patientId, requestAttributes])

function read(bytes: Uint8Array, pieceSize: number) {
  const reader = new Part10Reader({ only })
  for (let at = 0; at < bytes.length; at += pieceSize) reader.push(bytes.subarray(at, at + pieceSize))
  return reader
}

test('of the root, only the wanted elements are kept, however the stream is cut', () => {
  const bytes = makeFile()
  for (const pieceSize of [1, 7, 100, bytes.length]) {
    const file = read(bytes, pieceSize).end()
    assert.deepEqual(
      [...file.dataSet].map((element) => element.tag),
      [patientId, requestAttributes],
    )
    const value = file.dataSet.get(requestAttributes)?.value
    assert.equal(value?.kind === 'items' && value.items[0]?.size, 1)
    assert.equal(file.pixelData?.length, 1000)
    assert.deepEqual(file.warnings, [])
  }
})

test('what is known before Pixel Data is at hand as soon as Pixel Data begins', () => {
  const bytes = makeFile()
  const untilPixels = bytes.length - 1000
  assert.equal(read(bytes.subarray(0, untilPixels - 12), 64).beforePixelData, undefined)
  const early = read(bytes.subarray(0, untilPixels), 64).beforePixelData
  assert.equal(early?.dataSet.get(patientId)?.length, 2)
})

test('a file cut anywhere is refused or says that its Pixel Data is cut', () => {
  const bytes = makeFile()
  const dataSetOffset = read(bytes, bytes.length).end().dataSetOffset
  const between = new Set<number>()
  for (let end = dataSetOffset + 1; end < bytes.length; end++) {
    const reader = read(bytes.subarray(0, end), 4096)
    try {
      const { warnings, pixelData: header } = reader.end()
      if (header === undefined) between.add(end)
      else
        assert.ok(
          warnings.some((warning) => warning.code === 'TruncatedPixelData'),
          `cut at ${end}`,
        )
    } catch (error) {
      assert.ok(error instanceof DicomError && error.code === 'Truncated', `cut at ${end}`)
    }
  }
  // Between two elements of the root, nothing shows that there were to be more.
  assert.equal(between.size, 3)
})
