import { CodedSet, readPairs } from './coded-set.ts'

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
