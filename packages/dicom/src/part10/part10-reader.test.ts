import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import type { Encoding } from '../data-set/data-set.ts'
import { encapsulated, richDataSet } from '../encoding/data-sets.fixture.ts'
import {
  ascii,
  bytes,
  describe,
  element,
  encodings,
  explicitBig,
  explicitLittle,
  file,
  implicitLittle,
} from '../encoding/streams.fixture.ts'
import { DicomError } from '../errors.ts'
import {
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
} from '../transfer-syntax/transfer-syntax.ts'
import { encodeFileMeta } from './encode-file-meta.ts'
import { type Part10File, Part10Reader, type Part10ReadOptions } from './part10-reader.ts'
import { inflatedStream, readPart10 } from './read-part10.ts'

function read(pieces: readonly Uint8Array[], options?: Part10ReadOptions): Part10File {
  const reader = new Part10Reader(options)
  for (const piece of pieces) reader.push(piece)
  return reader.end()
}

const codes = (found: Part10File): string[] => found.warnings.map(({ code }) => code)

function outcome(pieces: readonly Uint8Array[], options?: Part10ReadOptions): unknown {
  try {
    const { fileMeta, dataSet, ...rest } = read(pieces, options)
    return [describe(fileMeta), describe(dataSet), dataSet.encoding, rest]
  } catch (error) {
    if (error instanceof DicomError) return [error.code, error.offset]
    throw error
  }
}

const uidOf = (encoding: Encoding): string =>
  encoding.explicitVr
    ? encoding.littleEndian
      ? explicitVrLittleEndian
      : explicitVrBigEndian
    : implicitVrLittleEndian

const deflatedUid = '1.2.840.10008.1.2.1.99'
const deflated = (dataSet: Uint8Array): Uint8Array => file(deflatedUid, deflateRawSync(dataSet))
const padded = (stream: Uint8Array): Uint8Array => bytes(stream, [0])

const small = bytes(
  element(explicitLittle, 0x00080018, 'UI', '1.2.3\0'),
  element(explicitLittle, 0x7fe00010, 'OW', bytes([1, 2, 3, 4])),
)
const whole = file(explicitVrLittleEndian, small)

/** Streams, and what is made of them. */
const files: readonly (readonly [
  name: string,
  stream: Uint8Array,
  warnings: readonly string[],
  uid?: string,
])[] = [
  ...encodings.map(
    (encoding) => [uidOf(encoding), file(uidOf(encoding), richDataSet(encoding)), []] as const,
  ),
  ['encapsulated', file('1.2.840.10008.1.2.4.50', encapsulated), []],
  ['deflated', deflated(richDataSet(explicitLittle)), []],
  ['deflated and padded', padded(deflated(richDataSet(explicitLittle))), []],
  ['deflated badly, in stored blocks', file(deflatedUid, deflateRawSync(small, { level: 0 })), []],
  ['no data set', file(explicitVrLittleEndian, bytes()), []],
  ['DICM without preamble', whole.subarray(128), ['NoPreamble']],
  ['file meta information without preamble', whole.subarray(132), ['NoPreamble']],
  [
    'something else for DICM',
    bytes(whole.subarray(0, 128), ascii('ABCD'), whole.subarray(132)),
    ['NoPreamble'],
  ],
  ['DICM and a data set', bytes(whole.subarray(0, 132), small), ['NoFileMeta'], explicitVrLittleEndian],
  ...encodings.map(
    (encoding) =>
      [
        `a bare ${uidOf(encoding)}`,
        richDataSet(encoding),
        ['NoPreamble', 'NoFileMeta'],
        uidOf(encoding),
      ] as const,
  ),
  [
    'a VR yet to come in the first element',
    file(explicitVrLittleEndian, bytes(element(explicitLittle, 0x00080001, 'XX', 'ab'), small)),
    ['UnknownVr'],
  ],
  ['an unknown transfer syntax', file('1.2.3.4', small), ['UnknownTransferSyntax'], '1.2.3.4'],
  ['no transfer syntax', file('', small), ['NoTransferSyntax'], explicitVrLittleEndian],
  [
    'the wrong transfer syntax',
    file(implicitVrLittleEndian, small),
    ['WrongTransferSyntax'],
    implicitVrLittleEndian,
  ],
  [
    'the wrong byte order',
    file(explicitVrLittleEndian, richDataSet(explicitBig)),
    ['WrongTransferSyntax'],
    explicitVrLittleEndian,
  ],
  ['a group length of zero', file(explicitVrLittleEndian, small, 0), ['WrongMetaLength']],
  ['a group length of 4 GB', file(explicitVrLittleEndian, small, 0xffffffff), ['WrongMetaLength']],
  [
    'implicit file meta information',
    bytes(
      whole.subarray(0, 132),
      element(implicitLittle, 0x00020010, 'UI', `${explicitVrLittleEndian}\0`),
      small,
    ),
    ['ImplicitFileMeta', 'WrongMetaLength'],
  ],
]

test('files are read, with warnings where they deviate', () => {
  for (const [name, stream, warnings, uid] of files) {
    const found = read([stream])
    assert.deepEqual(codes(found), warnings, name)
    if (uid !== undefined) assert.equal(found.transferSyntaxUid, uid, name)
    if (name !== 'no data set') assert.ok(found.dataSet.get(0x00080018), name)
  }
})

test('bytes come to the same however they are cut', () => {
  for (const [name, stream] of files) {
    for (const options of [{}, { untilPixelData: true }, { untilDataSet: true }]) {
      const expected = outcome([stream], options)
      const single = [...stream].map((byte) => Uint8Array.of(byte))
      assert.deepEqual(outcome(single, options), expected, `${name}, one byte at a time`)
      for (let cut = 0; cut <= stream.length; cut++) {
        const pieces = [stream.subarray(0, cut), stream.subarray(cut)]
        assert.deepEqual(outcome(pieces, options), expected, `${name}, cut at ${cut}`)
      }
    }
  }
})

test('a file that ends anywhere gives the same in two pieces as whole', () => {
  for (const [name, stream] of files) {
    for (let end = 0; end < stream.length; end++) {
      const part = stream.subarray(0, end)
      const pieces = [part.subarray(0, end - (end % 13)), part.subarray(end - (end % 13))]
      assert.deepEqual(outcome(pieces), outcome([part]), `${name}, ending at ${end}`)
    }
  }
})

test('says where things are', () => {
  const found = read([whole], { untilPixelData: true })
  assert.equal(found.hasPreamble, true)
  assert.equal(found.dataSetOffset, whole.length - small.length)
  assert.deepEqual(found.pixelData, {
    tag: 0x7fe00010,
    vr: 'OW',
    offset: whole.length - 16,
    valueOffset: whole.length - 4,
    length: 4,
  })
  assert.equal(found.fileMeta.get(0x00020010)?.offset, 132 + 12 + 14 + 34 + 14)
})

test('what is no DICOM is refused', () => {
  const strangers = [
    '',
    'DICM',
    '{"a": 1}',
    '<html><body>text</body></html>'.repeat(10),
    '%PDF-1.7\n',
    '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
    '\xff\xd8\xff\xe0\0\x10JFIF',
    'PK\x03\x04\x14\0\0\0',
    'MZ'.padEnd(300, '\0'),
    '\0'.repeat(1000),
    ' '.repeat(1000),
  ]
  for (const text of strangers) assert.throws(() => read([ascii(text)]), { code: 'NotDicom' }, text)
  assert.throws(() => read([whole.subarray(0, 132)]), { code: 'NotDicom' })
})

test('a foreign file in the preamble does not matter', () => {
  const stream = bytes(ascii('MZ'.padEnd(128, 'x')), whole.subarray(128))
  assert.deepEqual(codes(read([stream])), [])
})

test('a deflated data set has offsets in the inflated stream', async () => {
  const rich = richDataSet(explicitLittle)
  const stream = padded(deflated(rich))
  for (const size of [1, 7, stream.length]) {
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < stream.length; at += size) yield stream.subarray(at, at + size)
    }
    const found = await readPart10(source())
    assert.equal(found.deflated, true)
    const inflated = bytes(...(await Array.fromAsync(inflatedStream(source()))))
    assert.deepEqual(inflated.subarray(found.dataSetOffset), rich)
    const again = read([inflated], { inflated: true })
    assert.deepEqual(describe(again.dataSet), describe(found.dataSet))
    assert.equal(inflated[found.pixelData?.valueOffset ?? 0], 1)
  }
})

test('other files pass the inflated stream unchanged', async () => {
  for (const stream of [whole, file('1.2.840.10008.1.2.4.50', encapsulated), whole.subarray(0, 50)]) {
    async function* source(): AsyncGenerator<Uint8Array> {
      for (const byte of stream) yield Uint8Array.of(byte)
    }
    assert.deepEqual(bytes(...(await Array.fromAsync(inflatedStream(source())))), bytes(stream))
  }
})

test('a deflated data set that is cut or damaged is refused', () => {
  const rich = bytes(
    element(explicitLittle, 0x00080018, 'UI', '1.2.3\0'),
    ...Array.from({ length: 50 }, (_, index) =>
      element(explicitLittle, 0x00100000 + index, 'LO', `${index * 77}`.padEnd(20)),
    ),
  )
  const stream = deflated(rich)
  assert.throws(() => read([stream.subarray(0, stream.length - 5)]), { code: 'Truncated' })
  const broken = Buffer.from(stream)
  broken.fill(0xff, stream.length - 60, stream.length - 40)
  assert.throws(() => read([broken]), DicomError)
})

test('a deflate bomb stops at the limit', async () => {
  const bomb = deflated(
    bytes(
      element(explicitLittle, 0x00091001, 'OB', new Uint8Array(0), 50_000_000),
      new Uint8Array(50_000_000),
    ),
  )
  assert.ok(bomb.length < 100_000)
  const limits = { maxInflatedBytes: 1_000_000 }
  assert.throws(() => read([bomb], { limits }), { code: 'InflatedTooLong' })
  await assert.rejects(Array.fromAsync(inflatedStream(once(bomb), { limits })), {
    code: 'InflatedTooLong',
  })
})

async function* once(stream: Uint8Array): AsyncGenerator<Uint8Array> {
  yield stream
}

test('closes the source when it has seen enough', async () => {
  let isClosed = false
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (const byte of file(explicitVrLittleEndian, richDataSet(explicitLittle))) yield Uint8Array.of(byte)
      assert.fail('read to its end')
    } finally {
      isClosed = true
    }
  }
  const found = await readPart10(source(), { untilPixelData: true })
  assert.ok(found.pixelData)
  assert.equal(isClosed, true)
})

test('an error of the source goes through', async () => {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield whole.subarray(0, 200)
    throw new RangeError('gone')
  }
  await assert.rejects(readPart10(source()), RangeError)
  await assert.rejects(Array.fromAsync(inflatedStream(source())), RangeError)
})

test('strictly encoded file meta information is read without a warning', () => {
  const meta = encodeFileMeta({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
    sopInstanceUid: '1.2.3',
    transferSyntaxUid: explicitVrLittleEndian,
    sourceAet: 'SENDER',
    privateInformation: { creatorUid: '1.2.34', bytes: Uint8Array.of(1, 2, 3) },
  })
  const found = read([bytes(meta, small)])
  assert.deepEqual(codes(found), [])
  const values = [...found.fileMeta].map(({ tag, vr, value }) => [
    tag & 0xffff,
    vr,
    value.kind === 'bytes' ? Buffer.from(value.bytes).toString('latin1') : '',
  ])
  assert.deepEqual(values, [
    [0x0000, 'UL', '\xd0\0\0\0'],
    [0x0001, 'OB', '\0\x01'],
    [0x0002, 'UI', '1.2.840.10008.5.1.4.1.1.7\0'],
    [0x0003, 'UI', '1.2.3\0'],
    [0x0010, 'UI', '1.2.840.10008.1.2.1\0'],
    [0x0012, 'UI', values[5]?.[2]],
    [0x0013, 'SH', 'KINGSFOIL_0_1 '],
    [0x0016, 'AE', 'SENDER'],
    [0x0100, 'UI', '1.2.34'],
    [0x0102, 'OB', '\x01\x02\x03\0'],
  ])
})

test('file meta information that would not conform is refused', () => {
  const good = { sopClassUid: '1.2', sopInstanceUid: '1.2', transferSyntaxUid: '1.2' }
  const wrong = [
    { sopClassUid: '' },
    { sopInstanceUid: '1 2' },
    { transferSyntaxUid: '1.2.' },
    { transferSyntaxUid: '1.02' },
    { transferSyntaxUid: '1.'.repeat(33) },
    { sourceAet: 'A\\B' },
    { sourceAet: 'seventeen letters' },
    { implementationVersionName: '' },
  ]
  encodeFileMeta(good)
  encodeFileMeta({ ...good, sopInstanceUid: '1.02' })
  for (const each of wrong)
    assert.throws(() => encodeFileMeta({ ...good, ...each }), { code: 'NotEncodable' })
})
