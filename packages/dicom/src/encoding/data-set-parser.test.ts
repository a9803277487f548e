import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DataSet, Encoding } from '../data-set/data-set.ts'
import { Dictionary, standardDictionary } from '../dictionary/dictionary.ts'
import { DicomError } from '../errors.ts'
import { defaultReadLimits } from '../limits.ts'
import type { Vr } from '../vr.ts'
import type { WarningCode } from '../warnings.ts'
import { DataSetParser, type ParserOptions } from './data-set-parser.ts'
import { encapsulated, richDataSet } from './data-sets.fixture.ts'
import {
  ascii,
  bytes,
  delimited,
  delimitedItem,
  describe,
  element,
  encodings,
  explicitBig,
  explicitLittle,
  implicitLittle,
  item,
  itemEnd,
  sequenceEnd,
} from './streams.fixture.ts'
import { WarningLog } from './warning-log.ts'

interface Outcome {
  readonly dataSet: DataSet
  readonly warnings: readonly WarningCode[]
  readonly parser: DataSetParser
}

function parse(
  stream: Uint8Array | readonly Uint8Array[],
  encoding: Encoding,
  options: Partial<ParserOptions> = {},
): Outcome {
  const warnings = new WarningLog(100)
  const limits = defaultReadLimits
  const parser = new DataSetParser({ encoding, dictionary: standardDictionary, limits, warnings, ...options })
  for (const piece of stream instanceof Uint8Array ? [stream] : stream) parser.push(piece)
  parser.end()
  return { dataSet: parser.dataSet, warnings: warnings.warnings.map(({ code }) => code), parser }
}

/** What comes of a stream: a description, or the code of the error. */
function outcome(
  stream: Uint8Array | readonly Uint8Array[],
  encoding: Encoding,
  options?: Partial<ParserOptions>,
): unknown {
  try {
    const { dataSet, warnings, parser } = parse(stream, encoding, options)
    return [describe(dataSet), warnings, parser.pixelData, parser.position]
  } catch (error) {
    if (error instanceof DicomError) return [error.code, error.offset]
    throw error
  }
}

const single = (stream: Uint8Array): Uint8Array[] => [...stream].map((byte) => Uint8Array.of(byte))

/** Streams with all that is tolerated, and what warnings it gives. */
const tolerated: readonly (readonly [
  name: string,
  encoding: Encoding,
  stream: Uint8Array,
  warnings: WarningCode[],
])[] = [
  [
    'elements out of order',
    explicitLittle,
    bytes(element(explicitLittle, 0x00100010, 'PN', 'A '), element(explicitLittle, 0x00080060, 'CS', 'CT')),
    ['NotAscending'],
  ],
  [
    'an element twice',
    explicitLittle,
    bytes(element(explicitLittle, 0x00100010, 'PN', 'A '), element(explicitLittle, 0x00100010, 'PN', 'B ')),
    ['DuplicateElement'],
  ],
  ['an odd length', explicitLittle, element(explicitLittle, 0x00100010, 'PN', 'ABC'), ['OddLength']],
  ['a VR yet to come', explicitLittle, element(explicitLittle, 0x00100010, 'XX', 'AB'), ['UnknownVr']],
  ['question marks for a VR', explicitLittle, element(explicitLittle, 0x00100010, '??', 'AB'), ['UnknownVr']],
  [
    'an element as in implicit VR',
    explicitLittle,
    bytes(element(implicitLittle, 0x00100010, 'PN', 'AB'), element(explicitLittle, 0x00100020, 'LO', 'ID')),
    ['ImplicitElement'],
  ],
  [
    'a sequence without its delimiter',
    explicitLittle,
    bytes(
      element(
        explicitLittle,
        0x00081140,
        'SQ',
        delimitedItem(explicitLittle, element(explicitLittle, 0x00081155, 'UI', '12')),
        0xffffffff,
      ),
      element(explicitLittle, 0x00100010, 'PN', 'AB'),
    ),
    ['MissingDelimiter'],
  ],
  [
    'an item without its delimiter',
    explicitLittle,
    delimited(
      explicitLittle,
      0x00081140,
      'SQ',
      bytes(
        item(explicitLittle, element(explicitLittle, 0x00081155, 'UI', '12'), 0xffffffff),
        item(explicitLittle, element(explicitLittle, 0x00081155, 'UI', '34'), 0xffffffff),
      ),
    ),
    ['MissingDelimiter', 'MissingDelimiter'],
  ],
  [
    'delimiters without a sequence',
    explicitLittle,
    bytes(
      sequenceEnd(explicitLittle),
      element(explicitLittle, 0x00100010, 'PN', 'AB'),
      itemEnd(explicitLittle),
    ),
    ['StrayDelimiter', 'StrayDelimiter'],
  ],
  [
    'a delimiter in a sequence of known length',
    explicitLittle,
    element(
      explicitLittle,
      0x00081140,
      'SQ',
      bytes(item(explicitLittle, new Uint8Array(0)), sequenceEnd(explicitLittle)),
    ),
    ['StrayDelimiter'],
  ],
  [
    'an element where an item should be',
    explicitLittle,
    bytes(
      element(explicitLittle, 0x00081140, 'SQ', element(explicitLittle, 0x00081155, 'UI', '12')),
      element(explicitLittle, 0x00100010, 'PN', 'AB'),
    ),
    ['NotAnItem'],
  ],
  [
    'a value longer than its item',
    explicitLittle,
    bytes(
      element(
        explicitLittle,
        0x00081140,
        'SQ',
        item(explicitLittle, element(explicitLittle, 0x00081155, 'UI', '1234', 40)),
      ),
      element(explicitLittle, 0x00100010, 'PN', 'AB'),
    ),
    ['LengthOverrun'],
  ],
  [
    'an item longer than its sequence',
    explicitLittle,
    bytes(
      element(
        explicitLittle,
        0x00081140,
        'SQ',
        item(explicitLittle, element(explicitLittle, 0x00081155, 'UI', '12'), 90),
      ),
      element(explicitLittle, 0x00100010, 'PN', 'AB'),
    ),
    ['LengthOverrun'],
  ],
  [
    'an item that ends in the middle of a header',
    explicitLittle,
    bytes(
      element(explicitLittle, 0x00081140, 'SQ', item(explicitLittle, bytes([1, 2, 3, 4]))),
      element(explicitLittle, 0x00100010, 'PN', 'AB'),
    ),
    ['LengthOverrun'],
  ],
  [
    'undefined length of a text',
    explicitLittle,
    bytes(
      delimited(explicitLittle, 0x00081140, 'UT', item(explicitLittle, new Uint8Array(0))),
      element(explicitLittle, 0x00100010, 'PN', 'AB'),
    ),
    ['UnexpectedUndefinedLength'],
  ],
  [
    'zeros behind the last element',
    explicitLittle,
    bytes(element(explicitLittle, 0x00100010, 'PN', 'AB'), new Uint8Array(50)),
    ['TrailingBytes'],
  ],
  [
    'a few zeros behind the last element',
    explicitLittle,
    bytes(element(explicitLittle, 0x00100010, 'PN', 'AB'), new Uint8Array(3)),
    ['TrailingBytes'],
  ],
]

test('finds the elements of a rich data set in all encodings', () => {
  for (const encoding of encodings) {
    const { dataSet, warnings, parser } = parse(richDataSet(encoding), encoding)
    assert.deepEqual(warnings, [])
    assert.equal(dataSet.size, 14)
    assert.equal(dataSet.get(0x00280106)?.vr, 'SS', 'by Pixel Representation')
    assert.equal(dataSet.get(0x7fe00010)?.vr, 'OW')
    assert.deepEqual(dataSet.get(0x7fe00010)?.value, { kind: 'reference' })
    assert.equal(dataSet.get(0x00091001)?.vr, 'UN')
    assert.equal(parser.pixelData?.length, 12)
    const sequence = dataSet.get(0x00082218)?.value
    assert.ok(sequence?.kind === 'items')
    assert.equal(sequence.items.length, 2)
    assert.equal(sequence.items[0]?.parent, dataSet)
    const nested = sequence.items[1]?.get(0x00081199)?.value
    assert.ok(nested?.kind === 'items')
    assert.equal(nested.items[0]?.get(0x00081155)?.length, 4)
  }
})

test('fragments are ranges of the stream', () => {
  const { dataSet, parser } = parse(encapsulated, explicitLittle, { offset: 1000 })
  const value = dataSet.get(0x7fe00010)?.value
  assert.ok(value?.kind === 'fragments')
  const start = 1000 + 14 + 12
  assert.deepEqual(value.fragments, [
    { offset: start + 8, length: 0 },
    { offset: start + 16, length: 4 },
    { offset: start + 28, length: 0 },
  ])
  assert.deepEqual(parser.pixelData, {
    tag: 0x7fe00010,
    vr: 'OB',
    offset: 1014,
    valueOffset: start,
    length: 0xffffffff,
  })
})

test('deviations are tolerated and reported', () => {
  for (const [name, encoding, stream, codes] of tolerated) {
    assert.deepEqual(parse(stream, encoding).warnings, codes, name)
  }
})

test('what is tolerated leaves the elements around it readable', () => {
  for (const [name, encoding, stream] of tolerated) {
    const { dataSet } = parse(stream, encoding)
    const last = dataSet.get(0x00100010) ?? dataSet.get(0x00100020) ?? dataSet.get(0x00081140)
    assert.ok(last, name)
  }
})

test('bytes come to the same however they are cut', () => {
  const streams: [string, Encoding, Uint8Array][] = [
    ...encodings.map((encoding): [string, Encoding, Uint8Array] => ['rich', encoding, richDataSet(encoding)]),
    ['encapsulated', explicitLittle, encapsulated],
    ...tolerated.map(([name, encoding, stream]): [string, Encoding, Uint8Array] => [name, encoding, stream]),
  ]
  for (const [name, encoding, stream] of streams) {
    for (const options of [{}, { untilPixelData: true }]) {
      const whole = outcome(stream, encoding, options)
      assert.deepEqual(outcome(single(stream), encoding, options), whole, `${name}, one byte at a time`)
      for (let cut = 0; cut <= stream.length; cut++) {
        const pieces = [stream.subarray(0, cut), stream.subarray(cut)]
        assert.deepEqual(outcome(pieces, encoding, options), whole, `${name}, cut at ${cut}`)
      }
    }
  }
})

test('a stream that ends anywhere gives the same whole as one byte at a time, and an error unless between elements', () => {
  for (const encoding of encodings) {
    const stream = richDataSet(encoding)
    const starts = new Set([...parse(stream, encoding).dataSet].map(({ offset }) => offset))
    const pixelData = parse(stream, encoding).parser.pixelData
    assert.ok(pixelData)
    for (let end = 0; end < stream.length; end++) {
      const part = stream.subarray(0, end)
      const result = outcome(part, encoding)
      assert.deepEqual(outcome(single(part), encoding), result)
      const isError = Array.isArray(result) && result[0] === 'Truncated'
      assert.equal(isError, !starts.has(end) && end < pixelData.valueOffset, `ending at ${end}`)
    }
  }
})

test('Pixel Data that is cut is shortened, with a warning', () => {
  const stream = richDataSet(explicitLittle)
  const header = parse(stream, explicitLittle).parser.pixelData
  assert.ok(header)
  const { dataSet, warnings } = parse(stream.subarray(0, header.valueOffset + 5), explicitLittle)
  assert.deepEqual(warnings, ['TruncatedPixelData'])
  assert.equal(dataSet.get(0x7fe00010)?.length, 5)
  const cut = parse(encapsulated.subarray(0, 14 + 12 + 8 + 8 + 3), explicitLittle)
  assert.deepEqual(cut.warnings, ['TruncatedPixelData'])
  const value = cut.dataSet.get(0x7fe00010)?.value
  assert.deepEqual(value?.kind === 'fragments' && value.fragments[1]?.length, 3)
})

test('stops at Pixel Data, without the bytes behind its header', () => {
  for (const encoding of encodings) {
    const stream = richDataSet(encoding)
    const whole = parse(stream, encoding).parser.pixelData
    assert.ok(whole)
    const { dataSet, parser } = parse(stream.subarray(0, whole.valueOffset), encoding, {
      untilPixelData: true,
    })
    assert.equal(parser.done, true)
    assert.deepEqual(parser.pixelData, whole)
    assert.equal(dataSet.get(0x7fe00010)?.value.kind, 'reference')
    assert.equal(dataSet.get(0xfffcfffc), undefined)
  }
})

test('Pixel Data inside an item is an ordinary value', () => {
  const icon = element(explicitLittle, 0x7fe00010, 'OB', bytes([1, 2]))
  const stream = element(explicitLittle, 0x00880200, 'SQ', item(explicitLittle, icon))
  const { dataSet, parser } = parse(stream, explicitLittle, { untilPixelData: true })
  const value = dataSet.get(0x00880200)?.value
  assert.equal(parser.done, false)
  assert.ok(value?.kind === 'items' && value.items[0]?.get(0x7fe00010)?.value.kind === 'bytes')
})

test('UN of undefined length holds Implicit VR Little Endian items, also in big endian (CP-246)', () => {
  const content = item(implicitLittle, element(implicitLittle, 0x00081155, 'UI', '1.2\0'))
  for (const encoding of [explicitLittle, explicitBig]) {
    const stream = bytes(
      element(encoding, 0x00091001, 'UN', content, 0xffffffff),
      sequenceEnd(implicitLittle),
      element(encoding, 0x00100010, 'PN', 'AB'),
    )
    const { dataSet, warnings } = parse(stream, encoding)
    const unknown = dataSet.get(0x00091001)
    assert.deepEqual(warnings, [])
    assert.equal(unknown?.vr, 'UN')
    assert.ok(unknown.value.kind === 'items')
    assert.equal(unknown.value.items[0]?.get(0x00081155)?.vr, 'UI')
    assert.deepEqual(unknown.value.items[0]?.encoding, implicitLittle)
    assert.equal(dataSet.get(0x00100010)?.length, 2)
  }
})

test('UN of a known sequence gives its items, or its bytes if there are none', () => {
  const content = item(implicitLittle, element(implicitLittle, 0x00081155, 'UI', '1.2\0'))
  const good = parse(element(explicitLittle, 0x00081140, 'UN', content), explicitLittle).dataSet.get(
    0x00081140,
  )
  assert.ok(good?.value.kind === 'items')
  assert.equal(good.value.items[0]?.get(0x00081155)?.offset, 12 + 8)
  const bad = parse(element(explicitLittle, 0x00081140, 'UN', 'not items'), explicitLittle).dataSet.get(
    0x00081140,
  )
  assert.deepEqual(bad?.value, { kind: 'bytes', bytes: Uint8Array.from(ascii('not items')) })
  const other = parse(element(explicitLittle, 0x00100010, 'UN', content), explicitLittle).dataSet.get(
    0x00100010,
  )
  assert.equal(other?.value.kind, 'bytes')
})

test('private elements get their VR from the dictionary, by the creator of their block', () => {
  const dictionary = standardDictionary.with([
    { tag: 0x00091001, vr: 'DS', keyword: 'Weight', privateCreator: 'ACME' },
  ])
  const stream = bytes(
    element(implicitLittle, 0x00090010, 'LO', 'OTHER '),
    element(implicitLittle, 0x00090011, 'LO', 'ACME'),
    element(implicitLittle, 0x00091001, '', '1 '),
    element(implicitLittle, 0x00091101, '', '2 '),
    element(implicitLittle, 0x00091201, '', '3 '),
  )
  const { dataSet } = parse(stream, implicitLittle, { dictionary })
  const vrs: (Vr | undefined)[] = [0x00090011, 0x00091001, 0x00091101, 0x00091201].map(
    (tag) => dataSet.get(tag)?.vr,
  )
  assert.deepEqual(vrs, ['LO', 'UN', 'DS', 'UN'])
})

test('implicit VR of undefined length is a sequence, whatever the dictionary knows', () => {
  const content = item(implicitLittle, element(implicitLittle, 0x00081155, '', '1.2\0'))
  const { dataSet } = parse(delimited(implicitLittle, 0x00091001, '', content), implicitLittle, {
    dictionary: Dictionary.fromLines('00080018|UI|||SOPInstanceUID|'),
  })
  assert.equal(dataSet.get(0x00091001)?.vr, 'SQ')
})
