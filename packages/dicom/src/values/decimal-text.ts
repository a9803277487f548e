const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/
const integer = /^[+-]?\d+$/

/** A value of DS as a number (PS3.5 Table 6.2-1), spaces around it allowed; undefined if it is none. */
export function parseDecimalString(text: string): number | undefined {
  const trimmed = text.trim()
  const value = decimal.test(trimmed) ? Number(trimmed) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

/** A value of IS as a number (PS3.5 Table 6.2-1), spaces around it allowed; undefined if it is none or not exact. */
export function parseIntegerString(text: string): number | undefined {
  const trimmed = text.trim()
  const value = integer.test(trimmed) ? Number(trimmed) : Number.NaN
  return Number.isSafeInteger(value) ? value : undefined
}
