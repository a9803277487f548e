export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

const plainText = /^[ !#-[\]-\x7f]*$/
const beyondAscii = /[\u0080-\uffff]/g

function quote(text: string): string {
  if (plainText.test(text)) return `"${text}"`
  return JSON.stringify(text).replace(
    beyondAscii,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * JSON as Orthanc prints it: keys in order, three spaces, ASCII only. Nesting is as deep as the value's; data sets
 * come with a depth limit from their reader.
 */
export function formatJson(value: JsonValue): string {
  return format(value, '\n')
}

function format(value: JsonValue, newline: string): string {
  if (typeof value === 'string') return quote(value)
  if (value === null || typeof value !== 'object') return String(value)
  return isArray(value) ? formatArray(value, newline) : formatObject(value, newline)
}

const isArray = (value: object): value is readonly JsonValue[] => Array.isArray(value)

function formatArray(items: readonly JsonValue[], newline: string): string {
  if (items.length === 0) return '[]'
  const inner = `${newline}   `
  let text = '['
  let separator = inner
  for (const item of items) {
    text += separator + format(item, inner)
    separator = `,${inner}`
  }
  return `${text}${newline}]`
}

function formatObject(members: { readonly [key: string]: JsonValue }, newline: string): string {
  const keys = Object.keys(members).sort()
  const inner = `${newline}   `
  let text = '{'
  let separator = inner
  for (const key of keys) {
    const value = members[key]
    if (value === undefined) continue
    const text1 = format(value, inner)
    const opensBlock = typeof value === 'object' && text1.length > 2 && value !== null
    text += `${separator}${quote(key)} : ${opensBlock ? inner : ''}${text1}`
    separator = `,${inner}`
  }
  return separator === inner ? '{}' : `${text}${newline}}`
}
