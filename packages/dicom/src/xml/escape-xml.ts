const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser turns these into a line feed, in attributes into a space.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
}

/** All but the characters that XML 1.0 allows (section 2.2); lone surrogates are seen to before. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** Text for element content and attribute values. Characters that XML cannot hold become U+FFFD. */
export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(forbidden, '\ufffd')
    .replace(/[&<>"'\r\n\t]/g, (character) => entities[character] ?? character)
