import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { DataSet, Encoding } from '../data-set/data-set.ts'
import type { ByteRange } from '../data-set/element.ts'
import { type Vr, vrs } from '../vr.ts'
import { buildDataSet, type NewElement } from './build-data-set.ts'
import { encapsulated, richDataSet } from './data-sets.fixture.ts'
import { readDataSet } from './read-data-set.ts'
import {
  ascii,
  bytes,
  delimited,
  describe,
  element,
  encodings,
  explicitBig,
  explicitLittle,
  implicitLittle,
  item,
  sequenceEnd,
} from './streams.fixture.ts'
import { swapUnit } from './vr-table.ts'
import { encodeDataSet, encodedLength, writeDataSet } from './write-data-set.ts'

async function write(
  dataSet: DataSet,
  encoding: Encoding,
  source: Uint8Array,
  pieceSize = 5,
): Promise<Uint8Array> {
  async function* readSource({ offset, length }: ByteRange): AsyncGenerator<Uint8Array> {
    for (let at = offset; at < offset + length; at += pieceSize) {
      yield source.subarray(at, Math.min(at + pieceSize, offset + length))
    }
  }
  return bytes(...(await Array.fromAsync(writeDataSet(dataSet, encoding, readSource))))
}

test('a data set that was read is written byte for byte', async () => {
  for (const encoding of encodings) {
    const source = richDataSet(encoding)
    const dataSet = readDataSet(source, encoding)
    assert.deepEqual(await write(dataSet, encoding, source), source)
    assert.equal(encodedLength(dataSet, encoding), source.length)
  }
  const dataSet = readDataSet(encapsulated, explicitLittle)
  assert.deepEqual(await write(dataSet, explicitLittle, encapsulated), encapsulated)
})

test('UN with items, a wide reserved VR and an odd length are written byte for byte', async () => {
  const content = item(implicitLittle, element(implicitLittle, 0x00081155, 'UI', '1.2\0'))
  const source = bytes(
    element(explicitLittle, 0x00081140, 'UN', content),
    element(explicitLittle, 0x00091001, 'UN', content, 0xffffffff),
    sequenceEnd(implicitLittle),
    element(explicitLittle, 0x00100010, 'PN', 'ABC'),
    element(explicitLittle, 0x00100020, 'LO', ascii('x'.repeat(65535))),
  )
  assert.deepEqual(await write(readDataSet(source, explicitLittle), explicitLittle, source), source)
})

/** Tags, VRs and values in little endian, without where they lie. */
function meaning(dataSet: DataSet): unknown[] {
  return [...dataSet].map(({ tag, vr, value }) => {
    // In implicit VR, nothing tells an empty private sequence from an empty value.
    if (value.kind === 'items') return [tag, vr, value.items.length === 0 ? '' : value.items.map(meaning)]
    if (value.kind !== 'bytes') return [tag, vr, value.kind]
    const hex = Buffer.from(value.bytes)
    const unit = swapUnit(vr)
    if (!dataSet.encoding.littleEndian && unit > 1) {
      for (let at = 0; at + unit <= hex.length; at += unit) hex.subarray(at, at + unit).reverse()
    }
    return [tag, vr, hex.toString('hex')]
  })
}

test('a data set means the same in every encoding', async () => {
  for (const from of encodings) {
    const source = richDataSet(from)
    const dataSet = readDataSet(source, from)
    for (const to of encodings) {
      const written = await write(dataSet, to, source)
      const again = readDataSet(written, to)
      assert.deepEqual(meaning(again), meaning(dataSet))
      const back = await write(again, from, written)
      assert.deepEqual(meaning(readDataSet(back, from)), meaning(dataSet))
      assert.deepEqual(back.subarray(-12 - 12 - 14, -14), source.subarray(-12 - 12 - 14, -14), 'Pixel Data')
    }
  }
})

const withoutFixture = (vr: Vr): boolean => vr !== 'SQ'
const arbitraryVr = fc.constantFrom(...vrs.filter(withoutFixture))
const arbitraryLeaf = fc.tuple(fc.nat(0xffff), arbitraryVr, fc.uint8Array({ maxLength: 24 }))

/** Private tags, so that no dictionary knows better. */
const arbitraryElements: fc.Arbitrary<NewElement[]> = fc
  .letrec<{ elements: NewElement[] }>((tie) => ({
    elements: fc
      .tuple(
        fc.uniqueArray(arbitraryLeaf, { maxLength: 6, selector: ([low]) => low }),
        fc.option(fc.array(tie('elements'), { maxLength: 3 }), { depthSize: 'small', nil: undefined }),
      )
      .map(([leaves, items]) => [
        ...leaves.map(([low, vr, value]): NewElement => {
          const unit = Math.max(2, swapUnit(vr))
          return [0x00110000 + (low | 0x1000), vr, value.subarray(0, value.length - (value.length % unit))]
        }),
        ...(items === undefined ? [] : [[0x00131001, 'SQ', items] as NewElement]),
      ]),
  }))
  .elements.map((elements) =>
    elements.filter(([tag], index) => elements.findIndex(([each]) => each === tag) === index),
  )

function unique(elements: NewElement[]): NewElement[] {
  const seen = new Set<number>()
  return elements
    .filter(([tag]) => !seen.has(tag) && seen.add(tag))
    .map(([tag, vr, value]) =>
      vr === 'SQ' && Array.isArray(value)
        ? [tag, vr, value.map((each) => unique(each as NewElement[]))]
        : [tag, vr, value ?? ''],
    )
}

test('what is built, written and read is the same, in every explicit encoding', () => {
  fc.assert(
    fc.property(arbitraryElements, fc.constantFrom(explicitLittle, explicitBig), (elements, encoding) => {
      const built = buildDataSet(encoding, unique(elements))
      const written = encodeDataSet(built, encoding)
      const read = readDataSet(written, encoding)
      assert.deepEqual(meaning(read), meaning(built))
      assert.deepEqual(encodeDataSet(read, encoding), written)
    }),
  )
})

test('what is built, written and read is the same in implicit VR, but for the VRs', () => {
  const withoutVrs = (described: unknown): unknown =>
    JSON.parse(JSON.stringify(described), (_, each) => (vrs.includes(each) ? 'VR' : each))
  fc.assert(
    fc.property(arbitraryElements, (elements) => {
      const built = buildDataSet(implicitLittle, unique(elements))
      const written = encodeDataSet(built, implicitLittle)
      const read = readDataSet(written, implicitLittle)
      assert.deepEqual(withoutVrs(meaning(read)), withoutVrs(meaning(built)))
      assert.deepEqual(encodeDataSet(read, implicitLittle), written)
    }),
  )
})

test('any change of encoding and back gives the same values', () => {
  fc.assert(
    fc.property(arbitraryElements, (elements) => {
      const little = readDataSet(
        encodeDataSet(buildDataSet(explicitLittle, unique(elements)), explicitLittle),
        explicitLittle,
      )
      const big = readDataSet(encodeDataSet(little, explicitBig), explicitBig)
      assert.deepEqual(meaning(big), meaning(little))
      assert.deepEqual(
        meaning(readDataSet(encodeDataSet(big, explicitLittle), explicitLittle)),
        meaning(little),
      )
    }),
  )
})

test('a value too long for its VR becomes UN (PS3.5 6.2.2)', () => {
  const text = 'x'.repeat(70_000)
  const built = buildDataSet(implicitLittle, [[0x00100010, 'PN', text]])
  const read = readDataSet(encodeDataSet(built, explicitLittle), explicitLittle).get(0x00100010)
  assert.deepEqual([read?.vr, read?.length], ['UN', 70_000])
  const same = readDataSet(encodeDataSet(built, implicitLittle), implicitLittle).get(0x00100010)
  assert.deepEqual([same?.vr, same?.length], ['PN', 70_000])
})

test('group lengths are left out in another encoding, and kept in the same', () => {
  const source = bytes(
    element(explicitLittle, 0x00100000, 'UL', bytes([10, 0, 0, 0])),
    element(explicitLittle, 0x00100010, 'PN', 'AB'),
  )
  const dataSet = readDataSet(source, explicitLittle)
  assert.deepEqual(encodeDataSet(dataSet, explicitLittle), source)
  assert.deepEqual(encodeDataSet(dataSet, implicitLittle), element(implicitLittle, 0x00100010, 'PN', 'AB'))
})

test('what was tolerated is written as it should be', () => {
  const nested = element(explicitLittle, 0x00081155, 'UI', '12')
  const source = bytes(
    element(
      explicitLittle,
      0x00081140,
      'SQ',
      bytes(item(explicitLittle, nested, 0xffffffff), item(explicitLittle, nested, 90)),
    ),
    element(explicitLittle, 0x00100010, '??', 'AB'),
  )
  const written = encodeDataSet(readDataSet(source, explicitLittle), explicitLittle)
  const again = readDataSet(written, explicitLittle)
  assert.deepEqual(encodeDataSet(again, explicitLittle), written)
  const value = again.get(0x00081140)?.value
  assert.ok(value?.kind === 'items')
  assert.deepEqual(
    value.items.map(({ size }) => size),
    [1, 1],
  )
  assert.equal(again.get(0x00100010)?.vr, 'UN')
})

test('what cannot be written is refused', () => {
  const native = readDataSet(richDataSet(explicitLittle), explicitLittle)
  assert.throws(() => encodeDataSet(native, explicitLittle), { code: 'NotEncodable' })
  const fragments = readDataSet(encapsulated, explicitLittle)
  assert.throws(() => encodedLength(fragments, implicitLittle), { code: 'NotEncodable' })
  const header = readDataSet(encapsulated, explicitLittle, { untilPixelData: true })
  assert.throws(() => encodedLength(header, explicitLittle), { code: 'NotEncodable' })
})

test('builds values of every kind', () => {
  for (const encoding of [explicitLittle, explicitBig]) {
    const built = buildDataSet(encoding, [
      [0x00280010, 'US', 513],
      [0x00080018, 'UI', '1.2.3'],
      [0x00080008, 'CS', ['A', 'BC']],
      [0x00089999, 'SQ', [[[0x00080100, 'SH', 'X']], []]],
      [0x00091001, 'SV', [-1n]],
      [0x00091002, 'AT', 0x00100020],
      [0x00091003, 'DS', [1.5, -2]],
      [0x00091004, 'OB', Uint8Array.of(1)],
      [0x00091005, 'FD', 0.5],
      [0x00091006, 'SS', [-1, 1]],
      [0x00091007, 'LO'],
    ])
    const little = readDataSet(encodeDataSet(built, explicitLittle), explicitLittle)
    const values = [...little].map(({ vr, value }) => [
      vr,
      value.kind === 'bytes' ? Buffer.from(value.bytes).toString('latin1') : value.kind,
    ])
    assert.deepEqual(values, [
      ['CS', 'A\\BC'],
      ['UI', '1.2.3\0'],
      ['SQ', 'items'],
      ['SV', '\xff'.repeat(8)],
      ['AT', '\x10\0\x20\0'],
      ['DS', '1.5\\-2'],
      ['OB', '\x01\0'],
      ['FD', '\0\0\0\0\0\0\xe0\x3f'],
      ['SS', '\xff\xff\x01\0'],
      ['LO', ''],
      ['US', '\x01\x02'],
    ])
  }
  assert.deepEqual(describe(buildDataSet(explicitLittle, [])), [])
})

test('what cannot be built is refused', () => {
  const wrong: NewElement[][] = [
    [[0x00280010, 'US', 65536]],
    [[0x00280010, 'US', 1.5]],
    [[0x00280010, 'US', 'text']],
    [[0x00100010, 'PN', 5]],
    [[0x00081140, 'SQ', 'text']],
    [
      [0x00100010, 'PN', 'A'],
      [0x00100010, 'PN', 'B'],
    ],
  ]
  for (const elements of wrong) {
    assert.throws(() => buildDataSet(explicitLittle, elements), { code: 'NotEncodable' })
  }
})

test('writing does not change what was read', () => {
  const source = Buffer.from(element(explicitLittle, 0x00280010, 'US', bytes([1, 2])))
  const dataSet = readDataSet(source, explicitLittle)
  encodeDataSet(dataSet, explicitBig)
  assert.deepEqual([...source.subarray(-2)], [1, 2])
})

test('delimited content of a converted sequence', () => {
  const source = delimited(
    explicitLittle,
    0x00081140,
    'SQ',
    item(explicitLittle, element(explicitLittle, 0x00081155, 'UI', '12')),
  )
  const written = encodeDataSet(readDataSet(source, explicitLittle), implicitLittle)
  const content = element(implicitLittle, 0x00081155, 'UI', '12')
  assert.equal(written.length, 8 + 8 + content.length + 8 + 8)
})
