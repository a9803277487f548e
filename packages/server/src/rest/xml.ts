import type { JsonValue } from '../model/json-value.ts'

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Characters that XML 1.0 cannot carry, not even escaped (XML 1.0 section 2.2). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const impossible = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu

const escapeText = (text: string): string =>
  text.replace(impossible, '\ufffd').replace(/[&<>]/g, (character) => escapes[character] ?? '')

/** Element names begin with a letter or an underscore: `0010,0010` becomes `_0010_0010`. */
function elementName(key: string): string {
  const name = key.replace(/[^A-Za-z0-9_.-]/g, '_')
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`
}

/** The XML form of a JSON answer: members become elements, entries of arrays `item`. */
export function formatXml(value: JsonValue): string {
  return `${declaration}${element('root', value, '')}`
}

const declaration = '<?xml version="1.0" encoding="utf-8"?>\n'

/** The same of an object whose members come one by one, in the order of their keys, in pieces. */
export async function* printXmlMembers(
  members: AsyncIterable<readonly [key: string, value: JsonValue]>,
): AsyncGenerator<string> {
  let isEmpty = true
  for await (const [key, value] of members) {
    const opening = isEmpty ? `${declaration}<root>\n` : ''
    yield `${opening}${element(elementName(key), value, '  ')}`
    isEmpty = false
  }
  yield isEmpty ? formatXml({}) : '</root>\n'
}

function element(name: string, value: JsonValue, indentation: string): string {
  if (value === null || typeof value !== 'object') {
    const text = escapeText(String(value))
    return text === '' ? `${indentation}<${name} />\n` : `${indentation}<${name}>${text}</${name}>\n`
  }
  const inner = `${indentation}  `
  const content = children(value).map(([key, child]) => element(key, child, inner))
  if (content.length === 0) return `${indentation}<${name} />\n`
  return `${indentation}<${name}>\n${content.join('')}${indentation}</${name}>\n`
}

function children(
  value: readonly JsonValue[] | { readonly [key: string]: JsonValue },
): readonly (readonly [string, JsonValue])[] {
  if (Array.isArray(value)) return value.map((item: JsonValue) => ['item', item])
  const members = value as { readonly [key: string]: JsonValue }
  return Object.keys(members)
    .sort()
    .map((key) => [elementName(key), members[key] ?? null])
}
