import { CodedSet, readPairs, readUpperHalf } from './coded-set.ts'

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

/** Unicode's own mapping of JIS X 0208 and the one of the encoding standard differ in these. */
const japaneseLookalikes: ReadonlyMap<number, number> = new Map([
  [0x301c, 0xff5e],
  [0x2212, 0xff0d],
  [0x2016, 0x2225],
  [0x2014, 0x2015],
  [0x00a2, 0xffe0],
  [0x00a3, 0xffe1],
  [0x00ac, 0xffe2],
])

const rowOf = (cell: number): number => Math.trunc(cell / 94) + 1

/** JIS X 0208. The label brings the vendors' rows 13 and 89-92 too. */
export const isoIr87 = new CodedSet({
  number: 87,
  element: 'G0',
  escape: '$B',
  bytesPerCharacter: 2,
  read: () => readPairs('euc-jp'),
  isRegistered: (cell) => rowOf(cell) <= 8 || (rowOf(cell) >= 16 && rowOf(cell) <= 84),
  lookalikes: japaneseLookalikes,
})

/** JIS X 0212. The label brings the vendors' row 83 too. */
export const isoIr159 = new CodedSet({
  number: 159,
  element: 'G0',
  escape: '$(D',
  bytesPerCharacter: 2,
  read: () => readPairs('euc-jp', [0x8f]),
  isRegistered: (cell) => rowOf(cell) <= 77,
})

/** KS X 1001. The label brings the rows for users' own characters too, 41 and 94. */
export const isoIr149 = new CodedSet({
  number: 149,
  element: 'G1',
  escape: '$)C',
  bytesPerCharacter: 2,
  read: () => readPairs('euc-kr'),
  isRegistered: (cell) => rowOf(cell) !== 41 && rowOf(cell) !== 94,
})

/** Assigned cells of GB 2312 per row of signs, first and last column; rows 16-87 are full but for 55-90 to 55-94. */
const gb2312Signs: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  1: [[1, 94]],
  2: [
    [17, 66],
    [69, 78],
    [81, 92],
  ],
  3: [[1, 94]],
  4: [[1, 83]],
  5: [[1, 86]],
  6: [
    [1, 24],
    [33, 56],
  ],
  7: [
    [1, 33],
    [49, 81],
  ],
  8: [
    [1, 26],
    [37, 73],
  ],
  9: [[4, 79]],
}

function isGb2312(cell: number): boolean {
  const row = rowOf(cell)
  const column = (cell % 94) + 1
  if (row >= 16) return row <= 87 && !(row === 55 && column >= 90)
  return (gb2312Signs[row] ?? []).some(([first, last]) => column >= first && column <= last)
}

/** Unicode's own mapping of GB 2312 and the one of GBK differ in these. */
const chineseLookalikes: ReadonlyMap<number, number> = new Map([
  [0x30fb, 0x00b7],
  [0x2015, 0x2014],
])

/** GB 2312. */
export const isoIr58 = new CodedSet({
  number: 58,
  element: 'G1',
  escape: '$)A',
  bytesPerCharacter: 2,
  read: () => readPairs('gbk'),
  isRegistered: isGb2312,
  lookalikes: chineseLookalikes,
  superset: 'gbk',
})
