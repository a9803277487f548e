import { CodedSet, readUpperHalf } from './coded-set.ts'

const lowerHalf = Array.from({ length: 128 }, (_, code) =>
  code < 0x20 || code === 0x7f ? '\ufffd' : String.fromCharCode(code),
).join('')

/** ASCII, the default repertoire (PS3.5 6.1.1). */
export const isoIr6 = new CodedSet({
  number: 6,
  element: 'G0',
  escape: '(B',
  bytesPerCharacter: 1,
  read: () => lowerHalf,
})

/** JIS X 0201 romaji: ASCII but for yen and overline. */
export const isoIr14 = new CodedSet({
  number: 14,
  element: 'G0',
  escape: '(J',
  bytesPerCharacter: 1,
  read: () => lowerHalf.replace('\\', '\u00a5').replace('~', '\u203e'),
})

/** JIS X 0201 katakana. */
export const isoIr13 = new CodedSet({
  number: 13,
  element: 'G1',
  escape: ')I',
  bytesPerCharacter: 1,
  read: () => readUpperHalf('shift_jis', 0xa1, 0xdf),
  superset: 'shift_jis',
})

const unregistered = (...bytes: readonly number[]): ((cell: number) => boolean) => {
  const cells = new Set(bytes.map((byte) => byte & 0x7f))
  return (cell) => !cells.has(cell)
}

function singleByte(
  number: number,
  sequence: string,
  label: string,
  isRegistered: (cell: number) => boolean = () => true,
): CodedSet {
  return new CodedSet({
    number,
    element: 'G1',
    escape: sequence,
    bytesPerCharacter: 1,
    read: () => readUpperHalf(label),
    isRegistered,
  })
}

export const isoIr100 = singleByte(100, '-A', 'iso-8859-1')
export const isoIr101 = singleByte(101, '-B', 'iso-8859-2')
export const isoIr109 = singleByte(109, '-C', 'iso-8859-3')
export const isoIr110 = singleByte(110, '-D', 'iso-8859-4')
export const isoIr144 = singleByte(144, '-L', 'iso-8859-5')
export const isoIr127 = singleByte(127, '-G', 'iso-8859-6')
/** The label is that of the 2003 edition; euro, drachma and ypogegrammeni are not in ISO-IR 126. */
export const isoIr126 = singleByte(126, '-F', 'iso-8859-7', unregistered(0xa4, 0xa5, 0xaa))
/** The label is that of the 1999 edition; the directional marks are not in ISO-IR 138. */
export const isoIr138 = singleByte(138, '-H', 'iso-8859-8', unregistered(0xfd, 0xfe))
export const isoIr148 = singleByte(148, '-M', 'iso-8859-9')
export const isoIr203 = singleByte(203, '-b', 'iso-8859-15')
/** The label adds a no-break space to TIS 620. */
export const isoIr166 = singleByte(166, '-T', 'tis-620', unregistered(0xa0))
