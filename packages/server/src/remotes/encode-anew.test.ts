import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inflatedStream, Part10Reader, readDataSet, standardDictionary } from '@kingsfoil/dicom'
import { makeFile } from '../rest/dicom.fixture.ts'
import { encodeAnew } from './encode-anew.ts'
import type { InstanceSource } from './instance-source.ts'
import { remoteLimits } from './remote-limits.ts'

const implicit = { explicitVr: false, littleEndian: true }
const explicit = { explicitVr: true, littleEndian: true }
const deflatedSyntax = '1.2.840.10008.1.2.1.99'

/** Bytes that tell where they come from. */
const pattern = (length: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 7 + (index >> 8) + seed) & 0xff))

const [long, short] = [remoteLimits.heldValueBytes + 2, remoteLimits.heldValueBytes]

const values = [
  [0x00280010, 'UN', pattern(long, 1)],
  [0x00290010, 'LO', Buffer.from('KINGSFOIL ')],
  [0x00291001, 'OB', pattern(short, 2)],
  [0x00291002, 'OB', pattern(3 * long, 3)],
] as const

const fileOf = (more: object) => makeFile({ more: values, pixels: pattern(5 * long, 4), ...more })

interface Reads {
  /** Spans that were asked for after the file had been read once. */
  readonly spans: number[]
  opened: number
}

function sourceOf(file: Buffer, pieceBytes: number): InstanceSource & { readonly reads: Reads } {
  const reads: Reads = { spans: [], opened: 0 }
  async function* read({ start, end = file.length }: { start: number; end?: number } = { start: 0 }) {
    if (end < file.length) reads.spans.push(end - start)
    for (let at = start; at < end; at += pieceBytes) yield file.subarray(at, Math.min(at + pieceBytes, end))
  }
  const reader = new Part10Reader({ untilPixelData: true })
  reader.push(file)
  return {
    head: reader.end(),
    reads,
    read,
    readInflated: () => {
      reads.opened += 1
      return inflatedStream(read())
    },
  }
}

const encoded = async (source: InstanceSource, encoding: typeof implicit): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(await encodeAnew(source, encoding, standardDictionary)))

function assertSame(bytes: Buffer, encoding: typeof implicit): void {
  const dataSet = readDataSet(bytes, encoding, { limits: { maxValueBytes: bytes.length } })
  for (const [tag, , expected] of values) {
    const value = dataSet.get(tag)?.value
    assert.ok(value?.kind === 'bytes' && expected.equals(value.bytes), tag.toString(16))
  }
  assert.ok(bytes.subarray(-5 * long).equals(pattern(5 * long, 4)))
}

describe('encodeAnew', () => {
  for (const pieceBytes of [333, 100_000, 10_000_000]) {
    it(`reads long values when it is their turn, in pieces of ${pieceBytes} bytes`, async () => {
      const source = sourceOf(fileOf({}), pieceBytes)
      assertSame(await encoded(source, implicit), implicit)
      // What is as long as the limit allows was held; Pixel Data never is.
      assert.deepEqual(source.reads.spans, [long, 3 * long])
    })

    it(`inflates a deflated file once more for them, in pieces of ${pieceBytes} bytes`, async () => {
      const source = sourceOf(fileOf({ transferSyntax: deflatedSyntax, deflate: true }), pieceBytes)
      for (const encoding of [explicit, implicit]) {
        source.reads.opened = 0
        assertSame(await encoded(source, encoding), encoding)
        assert.equal(source.reads.opened, 1)
      }
    })
  }

  it('makes whole what is cut short in Pixel Data, and refuses what is cut before', async () => {
    const file = fileOf({})
    const bytes = await encoded(sourceOf(file.subarray(0, -1001), 1000), implicit)
    const dataSet = readDataSet(bytes, implicit)
    assert.equal(dataSet.get(0x7fe00010)?.length, 5 * long - 1000)
    assert.ok(bytes.subarray(-1001).equals(Buffer.concat([file.subarray(-2001, -1001), Buffer.alloc(1)])))
    const source = sourceOf(file, 1000)
    const cut = { ...source, read: () => sourceOf(file, 1000).read({ start: 0, end: 100_000 }) }
    await assert.rejects(encoded(cut, implicit), { name: 'DicomError' })
  })
})
