/**
 * Whether `*` (any text) and `?` (any one character) of the pattern can be filled in (PS3.4 C.2.2.2.4). Goes back to
 * the last `*` alone, so the time is at most the product of the lengths: nothing explodes.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0
  let position = 0
  let star = -1
  let retry = 0
  while (position < text.length) {
    const expected = pattern[at]
    if (expected === '*') {
      star = at++
      retry = position
    } else if (expected === '?') {
      position += widthAt(text, position)
      at++
    } else if (expected !== undefined && expected === text[position]) {
      position++
      at++
    } else if (star >= 0) {
      at = star + 1
      retry += widthAt(text, retry)
      position = retry
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** Code units of the character. */
const widthAt = (text: string, position: number): number =>
  (text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1

export const hasWildcard = (text: string): boolean => text.includes('*') || text.includes('?')

/** The runs of characters of a pattern that any matching text has in it, in order. */
export const literalParts = (pattern: string): readonly string[] =>
  pattern.split(/[*?]+/).filter((part) => part !== '')
