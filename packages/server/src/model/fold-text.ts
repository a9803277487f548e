const marks = /\p{M}+/gu
const plain = /^[ -~]*$/

/** Letter case does not count: what searches compare by default. */
export const foldCase = (text: string): string => text.toUpperCase()

/** Neither letter case nor accents count. */
export const foldAccents = (text: string): string =>
  (plain.test(text) ? text : text.normalize('NFD').replace(marks, '')).toUpperCase()

/**
 * What indexes hold: texts that any way of comparing takes for equal have the same folded text, and a part of a text
 * folds to a part of the folded text.
 */
export const foldText = (text: string): string => foldAccents(text).trim()

export const foldName = (text: string): string => foldText(text).split('=').map(withoutPadding).join('=')

/** Delimiters at the end of a component group say nothing (PS3.5 6.2.1.2). */
export function withoutPadding(group: string): string {
  let end = group.length
  while (end > 0 && (group[end - 1] === '^' || group[end - 1] === ' ')) end--
  return group.slice(0, end)
}
