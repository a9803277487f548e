import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CharacterSetWarningCode, resolveCharacterSet } from './character-set.ts'
import { type Delimiters, decodePlainText, decodeText } from './decode-text.ts'
import { definedTerms } from './defined-terms.ts'

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

interface Options {
  readonly delimiters?: Delimiters
  readonly defaultTerm?: string
}

/** `encoded`: one character per byte. Terms are separated as in a file. */
function decode(encoded: string, terms: string, { delimiters = 'names', defaultTerm }: Options = {}) {
  const warnings = new Set<CharacterSetWarningCode>()
  const characterSet = resolveCharacterSet(terms.split('\\'), defaultTerm)
  const text = decodeText(bytesOf(encoded), characterSet, delimiters, (code) => warnings.add(code))
  return { text, warnings: [...warnings] }
}

const clean = (text: string) => ({ text, warnings: [] })

test('single-byte sets', () => {
  assert.deepEqual(decode('Buc^J\xe9r\xf4me', 'ISO_IR 100'), clean('Buc^Jérôme'))
  assert.deepEqual(
    decode('\xbb\xee\xda\x63\x65\xdc\xd1\x79\x70\xd3', 'ISO_IR 144'),
    clean('ЛюкceмбypГ'.replace('Г', 'г')),
  )
  assert.deepEqual(decode('\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4', 'ISO_IR 138'), clean('שרון^דבורה'))
  assert.deepEqual(decode('\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2', 'ISO_IR 126'), clean('Διονυσιος'))
  assert.deepEqual(decode('\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1', 'ISO_IR 127'), clean('قباني^لنزار'))
  assert.deepEqual(decode('\xb9\xd2\xc1\xca\xa1\xd8\xc5', 'ISO_IR 166'), clean('นามสกุล'))
  assert.deepEqual(decode('\xa4', 'ISO_IR 203'), clean('€'))
})

test('Latin 1 is not Windows-1252: C1 controls stay what they are', () => {
  assert.equal(decode('\x80\x93\x9f\xa0\xff', 'ISO_IR 100').text, '\u0080\u0093\u009f\u00a0\u00ff')
})

test('JIS X 0201: yen and overline in text, the delimiter in values', () => {
  assert.equal(decode('a\\b~', 'ISO_IR 13', { delimiters: 'none' }).text, 'a¥b‾')
  assert.equal(decode('a\\b~', 'ISO_IR 13', { delimiters: 'values' }).text, 'a\\b‾')
  assert.equal(decodePlainText(bytesOf('a\\~'), resolveCharacterSet(['ISO_IR 13'])), 'a\\~')
})

test('Shift JIS declared as ISO_IR 13: two bytes, the second of which may be 5C', () => {
  assert.deepEqual(decode('\x83\x5c\x83\x7e\\\xb1', 'ISO_IR 13', { delimiters: 'values' }), clean('ソミ\\ｱ'))
})

test('GBK and GB 18030: a trail byte 5C is no delimiter', () => {
  assert.deepEqual(decode('a\x82\x5cb\\\x95\x5c', 'GBK', { delimiters: 'values' }), clean('a俓b\\昞'))
  assert.deepEqual(
    decode('\x82\x5c\\\x95\x32\x82\x36', 'GB18030', { delimiters: 'values' }),
    clean('俓\\\u{20000}'),
  )
})

test('code extensions: sets return to the first value at delimiters, line ends and control characters', () => {
  const cyrillic = 'ISO 2022 IR 100\\ISO 2022 IR 144'
  assert.deepEqual(decode('\xe9\x1b-L\xbf^\xe9=\x1b-L\xbf\\\xe9', cyrillic), clean('éП^é=П\\é'))
  assert.deepEqual(decode('\x1b-L\xbf^=\xbf\\\xe9', cyrillic, { delimiters: 'values' }), clean('П^=П\\é'))
  assert.deepEqual(
    decode('\x1b-L\xbf\\\xbf\r\n\xe9\t', cyrillic, { delimiters: 'none' }),
    clean('П\\П\r\né\t'),
  )
  assert.deepEqual(decode('\x1b$B;3\\y', '\\ISO 2022 IR 87', { delimiters: 'values' }).text, '山檐')
})

test('two sets in one component', () => {
  const terms = '\\ISO 2022 IR 87\\ISO 2022 IR 149\\ISO 2022 IR 144'
  assert.deepEqual(decode('a\x1b$B;3\x1b(B\x1b$)C\xfb\xf3 \x1b-L\xbf', terms), clean('a山洪 П'))
})

test('spaces between two-byte characters', () => {
  assert.deepEqual(decode('\x1b$B;3 ED\x1b(B', '\\ISO 2022 IR 87'), clean('山 田'))
})

test('bytes outside the declaration are read in the default set', () => {
  assert.deepEqual(decode('caf\xe9', ''), clean('café'))
  assert.deepEqual(decode('caf\xe9', 'ISO_IR 6'), { text: 'café', warnings: ['UndeclaredCharacters'] })
  assert.deepEqual(decode('caf\xe9', 'nonsense').text, 'café')
  assert.deepEqual(decode('\xbf', 'ISO_IR 6', { defaultTerm: 'ISO_IR 144' }).text, 'П')
  assert.deepEqual(decode('\xc3\xa9', 'ISO_IR 6', { defaultTerm: 'ISO_IR 192' }).text, 'é')
  assert.deepEqual(decode('\xcd\xf5', 'ISO_IR 6', { defaultTerm: 'GBK' }).text, '王')
  assert.deepEqual(decode('\x93\xe9', 'ISO_IR 6', { defaultTerm: '' }).text, '\u201cé')
  assert.deepEqual(decode('\xe9', '\\ISO 2022 IR 87').text, 'é')
})

test('invalid UTF-8 keeps its bytes as Windows-1252, valid UTF-8 beside it stays', () => {
  assert.deepEqual(decode('caf\xe9^ok\xc3\xa9', 'ISO_IR 192'), {
    text: 'café^oké',
    warnings: ['UndecodableBytes'],
  })
  assert.equal(decode('\xe5\xb1\xb1\xe7\x94', 'ISO_IR 192').text, '山ç”')
  assert.equal(decode('\xef\xbf\xbd\xff', 'ISO_IR 192').text, '\ufffdÿ')
  assert.equal(decode('\xef\xbb\xbfa', 'ISO_IR 192').text, '\ufeffa')
})

test('unassigned bytes of a set stay as Latin 1', () => {
  assert.deepEqual(decode('\xe0\xc0', 'ISO_IR 138'), { text: 'אÀ', warnings: ['UndecodableBytes'] })
  assert.equal(decode('\x1b$)C\xfb', '\\ISO 2022 IR 149').text, 'û')
})

test('escape sequences: undeclared ones are obeyed, unknown ones kept', () => {
  assert.deepEqual(decode('\x1b$B;3\x1b(B', 'ISO_IR 100'), { text: '山', warnings: ['UndeclaredEscape'] })
  assert.deepEqual(decode('\x1b$B;3\x1b(B', '').text, '山')
  assert.deepEqual(decode('a\x1b[31m', '\\ISO 2022 IR 87'), {
    text: 'a\u001b[31m',
    warnings: ['UnknownEscape'],
  })
  assert.deepEqual(decode('a\x1b', '\\ISO 2022 IR 87').text, 'a\u001b')
  assert.deepEqual(decode('\x1b$@;3\x1b(J', '\\ISO 2022 IR 87').text, '山')
})

test('a set that is not designated again after a delimiter is guessed', () => {
  assert.deepEqual(decode('\x1b$)C\xfb\xf3^\xd1\xce', '\\ISO 2022 IR 149'), {
    text: '洪^吉',
    warnings: ['UndesignatedSet'],
  })
  assert.equal(decode('\xfb\xf3', '\\ISO 2022 IR 149').text, '洪')
  assert.equal(decode('\xfb\xf3', 'ISO 2022 IR 149').text, '洪')
})

test('GBK declared as GB 2312', () => {
  assert.equal(decode('\x1b$)A\x82\x5c', '\\ISO 2022 IR 58').text, '俓')
})

test('ISO 2022 text is left alone in UTF-8', () => {
  assert.equal(decode('\x1b$B;3\x1b(B', 'ISO_IR 192').text, '\u001b$B;3\u001b(B')
})

test('any bytes in any set: no replacement character, no byte left out', () => {
  const term = fc.constantFrom(...definedTerms.map((row) => row.term), '', 'nonsense')
  const delimiters = fc.constantFrom<Delimiters>('none', 'values', 'names')
  fc.assert(
    fc.property(
      fc.array(term, { maxLength: 3 }),
      fc.uint8Array({ maxLength: 40 }),
      delimiters,
      (terms, bytes, kind) => {
        const text = decodeText(bytes, resolveCharacterSet(terms), kind)
        assert.ok(!text.includes('\ufffd'))
        if (!bytes.includes(0x1b)) assert.ok(text.length * 4 >= bytes.length)
      },
    ),
    { numRuns: 2000 },
  )
})

test('single-byte sets: a character for every byte', () => {
  const terms = definedTerms.filter((row) => row.g1?.bytesPerCharacter !== 2 && row.label === undefined)
  const single = terms.filter((row) => row.g0?.bytesPerCharacter === 1 && row.g1?.superset === undefined)
  assert.ok(single.length > 20)
  for (const { term } of single) {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0x1b ? 0x20 : byte))
    const text = decodeText(bytes, resolveCharacterSet([term]), 'none')
    assert.equal(text.length, 256, term)
  }
})
