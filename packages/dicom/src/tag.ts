/** A tag as one unsigned 32-bit number, 0xGGGGEEEE (PS3.5 7.1). */
export type Tag = number

export const makeTag = (group: number, element: number): Tag => ((group << 16) | element) >>> 0

export const groupOf = (tag: Tag): number => tag >>> 16

export const elementOf = (tag: Tag): number => tag & 0xffff

/** Odd groups are private (PS3.5 7.8). */
export const isPrivate = (tag: Tag): boolean => (tag & 0x10000) !== 0

/** (gggg,0010-00FF) with an odd group: reserves a block of private elements (PS3.5 7.8.1). */
export const isPrivateCreator = (tag: Tag): boolean =>
  isPrivate(tag) && elementOf(tag) >= 0x10 && elementOf(tag) <= 0xff

/** (gggg,0000) (PS3.5 7.2). */
export const isGroupLength = (tag: Tag): boolean => (tag & 0xffff) === 0

const hex4 = (value: number): string => value.toString(16).padStart(4, '0')

/** `gggg,eeee`, lower-case hexadecimal. */
export const formatTag = (tag: Tag, separator = ','): string =>
  `${hex4(groupOf(tag))}${separator}${hex4(elementOf(tag))}`

const numericTag = /^([0-9a-f]{4})[,-]?([0-9a-f]{4})$/i

/** Reads `gggg,eeee`, `gggg-eeee` or `ggggeeee` in any letter case; undefined for anything else. */
export function parseNumericTag(text: string): Tag | undefined {
  const match = numericTag.exec(text)
  if (match === null) return undefined
  return Number.parseInt(`${match[1]}${match[2]}`, 16)
}
