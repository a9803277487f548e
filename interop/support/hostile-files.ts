import { createDeflateRaw } from 'node:zlib'
import { element, explicitLittleEndian, fileMeta, sopClasses, uidOf } from './synthetic.ts'

/** A file made to hurt; `bytes` may be large and is made when asked for. */
export interface HostileFile {
  readonly name: string
  readonly bytes: () => Buffer | Promise<Buffer>
}

const deflated = '1.2.840.10008.1.2.1.99'

export interface Identity {
  readonly patientId?: string
  readonly patientName?: string
  readonly studyInstanceUid?: string
  readonly seriesInstanceUid?: string
  readonly sopInstanceUid?: string
}

/** The elements that make an instance acceptable, in order, up to group 0020. */
export function identification(name: string, identity: Identity = {}): Buffer {
  return Buffer.concat([
    element(8, 0x16, 'UI', sopClasses.secondaryCapture),
    element(8, 0x18, 'UI', identity.sopInstanceUid ?? uidOf(name)),
    element(8, 0x60, 'CS', 'OT'),
    element(0x10, 0x10, 'PN', identity.patientName ?? 'Hostile^File'),
    element(0x10, 0x20, 'LO', identity.patientId ?? `P-${name}`),
    element(0x20, 0xd, 'UI', identity.studyInstanceUid ?? uidOf(`${name} study`)),
    element(0x20, 0xe, 'UI', identity.seriesInstanceUid ?? uidOf(`${name} series`)),
  ])
}

const metaOf = (name: string, transferSyntaxUid = explicitLittleEndian) =>
  fileMeta({ sopClassUid: sopClasses.secondaryCapture, sopInstanceUid: uidOf(name), transferSyntaxUid })

const fileOf = (name: string, elements: readonly Buffer[]) =>
  Buffer.concat([metaOf(name), identification(name), ...elements])

const file = (name: string, ...elements: readonly Buffer[]) => fileOf(name, elements)

const undefinedLength = 0xffff_ffff
const itemHead = (length: number) => {
  const head = Buffer.from([0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0])
  head.writeUInt32LE(length, 4)
  return head
}
const itemEnd = Buffer.from([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0])
const sequenceEnd = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0])
const sequenceHead = element(0x40, 0xa730, 'SQ', '', undefinedLength)
const nothing = Buffer.alloc(0)

function nested(name: string, depth: number): Buffer {
  const down = Array.from({ length: depth }, () => [sequenceHead, itemHead(undefinedLength)]).flat()
  const up = Array.from({ length: depth }, () => [itemEnd, sequenceEnd]).flat()
  return fileOf(name, [...down, ...up])
}

/** Lengths that shrink from the outside to the inside, as an honest writer would make them. */
function nestedWithLengths(name: string, depth: number): Buffer {
  const parts: Buffer[] = []
  for (let level = depth - 1; level >= 0; level--) {
    parts.push(element(0x40, 0xa730, 'SQ', '', 8 + level * 20), itemHead(level * 20))
  }
  return fileOf(name, parts)
}

/** A data set of `megabytes` zeros in one element, compressed about a thousand times. */
function deflateBomb(
  name: string,
  megabytes: number,
  tag: readonly [number, number, string],
): Promise<Buffer> {
  const deflate = createDeflateRaw({ level: 1 })
  const chunks: Buffer[] = [metaOf(name, deflated)]
  deflate.on('data', (chunk: Buffer) => chunks.push(chunk))
  const size = megabytes << 20
  deflate.write(Buffer.concat([identification(name), element(tag[0], tag[1], tag[2], nothing, size)]))
  const zeros = Buffer.alloc(1 << 20)
  for (let written = 0; written < megabytes; written++) deflate.write(zeros)
  return new Promise((resolve, reject) => {
    deflate.once('error', reject)
    deflate.once('end', () => resolve(Buffer.concat(chunks)))
    deflate.end()
  })
}

const unsignedShort = (value: number) => Buffer.from(Uint16Array.of(value).buffer)

function imageOf(
  name: string,
  rows: number,
  columns: number,
  frames: string,
  ...pixelData: readonly Buffer[]
): Buffer {
  return file(
    name,
    element(0x28, 2, 'US', unsignedShort(3)),
    element(0x28, 4, 'CS', 'PALETTE COLOR'),
    element(0x28, 8, 'IS', frames),
    element(0x28, 0x10, 'US', unsignedShort(rows)),
    element(0x28, 0x11, 'US', unsignedShort(columns)),
    element(0x28, 0x100, 'US', unsignedShort(16)),
    element(0x28, 0x1101, 'US', Buffer.from(Uint16Array.of(65535, 65535, 65535).buffer)),
    ...pixelData,
  )
}

function withPreamble(name: string, text: string): Buffer {
  const bytes = file(name, element(0x28, 0x10, 'US', unsignedShort(1)))
  bytes.write(text.padEnd(128, ' ').slice(0, 128), 0, 'latin1')
  return bytes
}

const evilUids = [
  '../../../../tmp/kingsfoil-was-here',
  '1.2/../../3',
  '..\\..\\x',
  '%2e%2e%2f',
  '/etc/passwd',
  '1.2\0.3',
  'CON',
]

export const hostileFiles: readonly HostileFile[] = [
  { name: 'nested 10,000 deep', bytes: () => nested('deep 10000', 10_000) },
  { name: 'nested 100,000 deep', bytes: () => nested('deep 100000', 100_000) },
  { name: 'nested 100,000 deep, defined lengths', bytes: () => nestedWithLengths('deep lengths', 100_000) },
  {
    name: 'nested 100,000 deep, never closed',
    bytes: () => nested('deep open', 100_000).subarray(0, 2_000_000),
  },
  {
    name: '200,000 empty items',
    bytes: () => fileOf('items', [sequenceHead, ...Array<Buffer>(200_000).fill(itemHead(0)), sequenceEnd]),
  },
  {
    name: '200,000 elements',
    bytes: () =>
      fileOf(
        'elements',
        Array.from({ length: 200_000 }, (_, i) => element(0x21 + (i >> 16) * 2, i & 0xffff, 'LO', 'x')),
      ),
  },
  {
    name: 'sequence without delimiter',
    bytes: () => file('undelimited', sequenceHead, itemHead(undefinedLength)),
  },
  {
    name: 'Pixel Data without delimiter',
    bytes: () =>
      file(
        'fragments',
        element(0x7fe0, 0x10, 'OB', nothing, undefinedLength),
        itemHead(0),
        itemHead(1000),
        Buffer.alloc(1000),
      ),
  },
  {
    name: 'UN of undefined length',
    bytes: () => file('un', element(0x21, 0x10, 'UN', nothing, undefinedLength), itemHead(undefinedLength)),
  },
  {
    name: 'text of undefined length',
    bytes: () => file('text', element(0x40, 0xa160, 'UT', nothing, undefinedLength), Buffer.alloc(100)),
  },
  { name: 'deflate bomb before Pixel Data', bytes: () => deflateBomb('bomb', 256, [0x21, 0x1010, 'UN']) },
  { name: 'deflate bomb in text', bytes: () => deflateBomb('text bomb', 256, [0x40, 0xa160, 'UT']) },
  { name: 'deflate bomb in Pixel Data', bytes: () => deflateBomb('pixel bomb', 256, [0x7fe0, 0x10, 'OW']) },
  {
    name: 'broken deflate stream',
    bytes: () => Buffer.concat([metaOf('broken deflate', deflated), Buffer.alloc(1000, 0x99)]),
  },
  { name: '4 GB value', bytes: () => file('4 GB', element(0x21, 0x1010, 'UN', nothing, 0xffff_fffe)) },
  { name: '4 GB text', bytes: () => file('4 GB text', element(0x40, 0xa160, 'UT', nothing, 0xffff_fff0)) },
  {
    name: '4 GB Pixel Data',
    bytes: () => file('4 GB pixels', element(0x7fe0, 0x10, 'OW', nothing, 0xffff_fffe)),
  },
  {
    name: '4 GB sequence and item',
    bytes: () =>
      file('4 GB sequence', element(0x40, 0xa730, 'SQ', nothing, 0xffff_fff0), itemHead(0xffff_ffe0)),
  },
  {
    name: 'odd lengths',
    bytes: () =>
      file(
        'odd',
        element(0x20, 0x10, 'SH', 'abc', 3),
        element(0x21, 0x10, 'OB', Buffer.alloc(5), 5),
        element(0x28, 0x10, 'US', Buffer.alloc(3), 3),
      ),
  },
  {
    name: 'odd Pixel Data',
    bytes: () => imageOf('odd pixels', 1, 1, '1', element(0x7fe0, 0x10, 'OB', Buffer.alloc(3), 3)),
  },
  {
    name: 'offsets outside',
    bytes: () =>
      imageOf(
        'offsets',
        16,
        16,
        '2',
        element(0x7fe0, 0x10, 'OB', nothing, undefinedLength),
        itemHead(8),
        Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
        itemHead(0xffff_fff0),
        Buffer.alloc(16),
      ),
  },
  {
    name: 'extended offsets outside',
    bytes: () =>
      imageOf(
        'extended',
        16,
        16,
        '1',
        element(0x7fe0, 1, 'OV', Buffer.alloc(8, 0xff)),
        element(0x7fe0, 2, 'OV', Buffer.alloc(8, 0xff)),
        element(0x7fe0, 0x10, 'OB', nothing, undefinedLength),
        itemHead(0),
        itemHead(4),
        Buffer.alloc(4),
        sequenceEnd,
      ),
  },
  {
    name: 'Rows x Columns x Frames overflow',
    bytes: () =>
      imageOf('overflow', 65535, 65535, '2147483647', element(0x7fe0, 0x10, 'OW', Buffer.alloc(64))),
  },
  {
    name: 'negative and absurd numbers',
    bytes: () => imageOf('absurd', 0, 65535, '-99999999999', element(0x7fe0, 0x10, 'OW', Buffer.alloc(2))),
  },
  {
    name: 'duplicate tags',
    bytes: () =>
      Buffer.concat([
        metaOf('twice'),
        identification('twice'),
        identification('twice again'),
        identification('twice'),
      ]),
  },
  { name: 'element cut in its head', bytes: () => file('cut', Buffer.from([0x28, 0, 0x10, 0, 0x55])) },
  {
    name: 'group 0002 again in the data set',
    bytes: () => file('meta again', element(2, 0x10, 'UI', deflated), element(0, 0, 'UL', Buffer.alloc(4))),
  },
  { name: 'JSON in the preamble', bytes: () => withPreamble('json', '{"__proto__":{"polluted":true}}') },
  {
    name: 'executable in the preamble',
    bytes: () => withPreamble('pe', 'MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff'),
  },
  { name: 'HTML in the preamble', bytes: () => withPreamble('html', '<html><script>alert(1)</script>') },
  { name: 'ZIP signature in the preamble', bytes: () => withPreamble('zip', 'PK\x03\x04') },
  {
    name: 'script, controls and overrides in names',
    bytes: () =>
      Buffer.concat([
        metaOf('names'),
        identification('names', {
          patientName: '<script>alert(1)</script>\r\nX: y\0\x1b$B\x1b',
          patientId: '\x1b[31m__proto__\0\r\n',
        }),
      ]),
  },
  ...evilUids.map((uid, index) => ({
    name: `UIDs like ${JSON.stringify(uid)}`,
    bytes: () =>
      Buffer.concat([
        fileMeta({ sopClassUid: sopClasses.secondaryCapture, sopInstanceUid: uid }),
        identification(`evil ${index}`, {
          sopInstanceUid: uid,
          studyInstanceUid: uid,
          seriesInstanceUid: uid,
          patientId: uid,
        }),
      ]),
  })),
  {
    name: 'transfer syntax like a path',
    bytes: () => Buffer.concat([metaOf('syntax', '../../x'), identification('syntax')]),
  },
  { name: 'only a preamble', bytes: () => Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]) },
  {
    name: 'a meta header that claims 4 GB',
    bytes: () =>
      Buffer.concat([
        Buffer.alloc(128),
        Buffer.from('DICM'),
        element(2, 0, 'UL', Buffer.alloc(4, 0xff)),
        element(2, 1, 'OB', nothing, 0xffff_fff0),
      ]),
  },
]
