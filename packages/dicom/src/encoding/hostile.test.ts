import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standardDictionary } from '../dictionary/dictionary.ts'
import { defaultReadLimits, type ReadLimits } from '../limits.ts'
import { DataSetParser } from './data-set-parser.ts'
import { ascii, bytes, delimited, element, explicitLittle, implicitLittle, item } from './streams.fixture.ts'
import { WarningLog } from './warning-log.ts'

function newParser(limits: Partial<ReadLimits> = {}, encoding = explicitLittle): DataSetParser {
  const all = { ...defaultReadLimits, ...limits }
  const warnings = new WarningLog(all.maxWarnings)
  return new DataSetParser({ encoding, dictionary: standardDictionary, limits: all, warnings })
}

function read(stream: Uint8Array, limits?: Partial<ReadLimits>, encoding = explicitLittle): DataSetParser {
  const parser = newParser(limits, encoding)
  parser.push(stream)
  parser.end()
  return parser
}

const sequenceOpen = element(explicitLittle, 0x00081140, 'SQ', '', 0xffffffff)
const itemOpen = item(explicitLittle, new Uint8Array(0), 0xffffffff)

test('100,000 sequences inside each other are too deep', () => {
  const level = bytes(sequenceOpen, itemOpen)
  const stream = Buffer.concat(Array.from({ length: 100_000 }, () => level))
  assert.throws(() => read(stream), { code: 'TooDeep' })
})

test('with a limit that allows it, 100,000 sequences inside each other are read', () => {
  const level = bytes(sequenceOpen, itemOpen)
  const end = bytes(
    item(explicitLittle, new Uint8Array(0)).fill(0x0d, 2, 3),
    item(explicitLittle, new Uint8Array(0)).fill(0xdd, 2, 3),
  )
  const count = 100_000
  const stream = Buffer.concat([
    ...Array.from({ length: count }, () => level),
    ...Array.from({ length: count }, () => end),
  ])
  const { dataSet } = read(stream, { maxDepth: count })
  let depth = 0
  for (let value = dataSet.get(0x00081140)?.value; value?.kind === 'items'; depth++) {
    value = value.items[0]?.get(0x00081140)?.value
  }
  assert.equal(depth, count)
})

test('the depth limit counts sequences', () => {
  let stream = element(explicitLittle, 0x00081155, 'UI', '12')
  for (let level = 0; level < 5; level++) {
    stream = element(explicitLittle, 0x00081140, 'SQ', item(explicitLittle, stream))
  }
  assert.equal(read(stream, { maxDepth: 5 }).dataSet.size, 1)
  assert.throws(() => read(stream, { maxDepth: 4 }), { code: 'TooDeep' })
})

test('a UN value cannot hide depth from the limit', () => {
  let content = element(implicitLittle, 0x00081155, 'UI', '12')
  for (let level = 0; level < 4; level++) {
    content = item(implicitLittle, element(implicitLittle, 0x00081140, 'SQ', content))
  }
  const stream = element(explicitLittle, 0x00081140, 'UN', content)
  assert.equal(read(stream, { maxDepth: 3 }).dataSet.get(0x00081140)?.value.kind, 'bytes')
})

test('a UN value cannot hide items from the limit', () => {
  const content = bytes(...Array.from({ length: 6 }, () => item(implicitLittle, ascii(''))))
  const stream = bytes(
    element(explicitLittle, 0x00081140, 'UN', content),
    element(explicitLittle, 0x00082112, 'UN', content),
  )
  const { dataSet } = read(stream, { maxElements: 12 })
  assert.equal(dataSet.get(0x00081140)?.value.kind, 'items')
  assert.equal(dataSet.get(0x00082112)?.value.kind, 'bytes')
})

test('elements, items and fragments are counted', () => {
  const elements = bytes(
    ...Array.from({ length: 11 }, (_, index) => element(explicitLittle, 0x00100000 + index, 'LO')),
  )
  const items = element(
    explicitLittle,
    0x00081140,
    'SQ',
    bytes(...Array.from({ length: 10 }, () => item(explicitLittle, ascii('')))),
  )
  const fragments = delimited(
    explicitLittle,
    0x7fe00010,
    'OB',
    bytes(...Array.from({ length: 10 }, () => item(explicitLittle, ascii('')))),
  )
  for (const stream of [elements, items, fragments]) {
    assert.throws(() => read(stream, { maxElements: 10 }), { code: 'TooManyElements' })
    read(stream, { maxElements: 11 })
  }
})

test('a million elements are read or refused', () => {
  const one = element(
    implicitLittle,
    0x00081140,
    'SQ',
    bytes(...Array.from({ length: 1000 }, () => item(implicitLittle, ascii('')))),
  )
  const stream = Buffer.concat(Array.from({ length: 1000 }, () => one))
  assert.throws(() => read(stream, {}, implicitLittle), { code: 'TooManyElements' })
})

test('descending tags are sorted without quadratic work', () => {
  const count = 100_000
  const stream = Buffer.concat(
    Array.from({ length: count }, (_, index) => element(implicitLittle, 0x00200000 - index, 'LO')),
  )
  const tags = [...read(stream, {}, implicitLittle).dataSet].map(({ tag }) => tag)
  assert.equal(tags.length, count)
  assert.deepEqual(
    tags,
    tags.toSorted((one, other) => one - other),
  )
})

test('a length of 4 GB that nothing follows costs no memory', () => {
  const stream = element(explicitLittle, 0x00091001, 'OB', 'abc', 0xfffffffe)
  assert.throws(() => read(stream), { code: 'Truncated' })
  const { dataSet } = read(bytes(element(explicitLittle, 0x7fe00010, 'OW', 'abc', 0xfffffffe)))
  assert.equal(dataSet.get(0x7fe00010)?.length, 3)
})

test('a long value is not kept, but one of just the limit is', () => {
  const stream = bytes(
    element(explicitLittle, 0x00091001, 'OB', new Uint8Array(100)),
    element(explicitLittle, 0x00091002, 'OB', new Uint8Array(102)),
    element(explicitLittle, 0x00100010, 'PN', 'AB'),
  )
  const { dataSet } = read(stream, { maxValueBytes: 100 })
  assert.equal(dataSet.get(0x00091001)?.value.kind, 'bytes')
  assert.deepEqual(dataSet.get(0x00091002)?.value, { kind: 'reference' })
  assert.equal(dataSet.get(0x00091002)?.length, 102)
  assert.equal(dataSet.get(0x00100010)?.value.kind, 'bytes')
})

test('the bytes kept are limited', () => {
  const stream = bytes(
    element(explicitLittle, 0x00091001, 'OB', new Uint8Array(60)),
    element(explicitLittle, 0x00091002, 'OB', new Uint8Array(60)),
  )
  assert.throws(() => read(stream, { maxHeaderBytes: 119 }), { code: 'HeaderTooLong' })
  read(stream, { maxHeaderBytes: 120 })
  read(stream, { maxHeaderBytes: 0, maxValueBytes: 10 })
})

test('warnings are limited', () => {
  const stream = bytes(
    ...Array.from({ length: 30 }, (_, index) => element(explicitLittle, 0x00100000 + index, 'LO', 'a')),
  )
  assert.equal(read(stream, { maxWarnings: 7 }).warnings.length, 7)
})

test('a long value in pieces of one byte takes linear time', () => {
  const size = 1_000_000
  const parser = newParser()
  const head = element(explicitLittle, 0x00091001, 'OB', '', size)
  for (const byte of head) parser.push(Uint8Array.of(byte))
  const piece = Uint8Array.of(7)
  for (let at = 0; at < size; at++) parser.push(piece)
  parser.end()
  const value = parser.dataSet.get(0x00091001)?.value
  assert.ok(value?.kind === 'bytes' && value.bytes.length === size && value.bytes.every((byte) => byte === 7))
})

test('random bytes are read or refused, never anything else', () => {
  let state = 42
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  }
  const start = bytes(sequenceOpen, itemOpen, element(explicitLittle, 0x00081155, 'UI', '12'))
  for (let round = 0; round < 3000; round++) {
    const stream = Buffer.concat([start, start])
    for (let change = 0; change < 4; change++) stream[(random() * 256 + random()) % stream.length] = random()
    try {
      read(stream)
    } catch (error) {
      assert.ok(error instanceof Error && error.name === 'DicomError', String(error))
    }
  }
})
