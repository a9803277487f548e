import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { resolveCharacterSet } from './character-set.ts'
import { type Delimiters, decodeText } from './decode-text.ts'
import { encodeText } from './encode-text.ts'

/** Bytes as text, one character each, ESC as `~`; or the characters that cannot be encoded. */
function encode(text: string, terms: string, delimiters: Delimiters = 'names'): string | readonly string[] {
  const { bytes, unencodable } = encodeText(text, resolveCharacterSet(terms.split('\\')), delimiters)
  return bytes === undefined ? unencodable : String.fromCharCode(...bytes).replaceAll('\u001b', '~')
}

test('single-byte sets', () => {
  assert.equal(encode('Buc^Jérôme', 'ISO_IR 100'), 'Buc^J\xe9r\xf4me')
  assert.equal(encode('Люк', 'ISO_IR 144'), '\xbb\xee\xda')
  assert.equal(encode('€', 'ISO_IR 203'), '\xa4')
  assert.equal(encode('é\r\n\t', '', 'none'), '\xe9\r\n\t')
})

test('characters that the set does not have are named, each once', () => {
  assert.deepEqual(encode('é山é田山', 'ISO_IR 6'), ['é', '山', '田'])
  assert.deepEqual(encode('a€\u0093', 'ISO_IR 100'), ['€', '\u0093'])
  assert.deepEqual(encode('①', '\\ISO 2022 IR 87'), ['①'])
  assert.deepEqual(encode('é', '\\ISO 2022 IR 87'), ['é'])
  assert.deepEqual(encode('\u{20000}', 'GBK'), ['\u{20000}'])
  assert.deepEqual(encode('a\ud800', 'ISO_IR 192'), ['\ud800'])
  assert.deepEqual(encode('\u001b', '\\ISO 2022 IR 87'), ['\u001b'])
})

test('without code extensions no escape sequence is written', () => {
  assert.deepEqual(encode('П', 'ISO_IR 100'), ['П'])
})

test('code extensions: the sets of the first value are back before delimiters and at the end', () => {
  const terms = 'ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 87'
  assert.equal(encode('éПé^П=П\\a', terms), '\xe9~-L\xbf~-A\xe9^~-L\xbf~-A=~-L\xbf~-A\\a')
  assert.equal(encode('山 田\r\n山', terms, 'none'), '~$B;3~(B ~$BED~(B\r\n~$B;3~(B')
  assert.equal(encode('山П', terms), "~$B;3'1~(B")
})

test('readers that know one set at a time can follow', () => {
  const terms = 'ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 87'
  assert.equal(encode('山é山', terms), '~$B;3~(B~-A\xe9~$B;3~(B')
  assert.equal(encode('éaé', terms), '\xe9a\xe9')
  assert.equal(encode('ﾔ山ﾔ', 'ISO 2022 IR 13\\ISO 2022 IR 87'), '\xd4~$B;3~(J\xd4')
  assert.equal(encode('Жé^', '\\ISO 2022 IR 144\\ISO 2022 IR 100'), '~-L\xb6~-A\xe9^')
})

test('a multi-byte set that stands first is designated all the same', () => {
  assert.equal(encode('洪^吉', 'ISO 2022 IR 149'), '~$)C\xfb\xf3^~$)C\xd1\xce')
  assert.equal(encode('山', 'ISO 2022 IR 87'), '~$B;3~(B')
})

test('JIS X 0201: yen and overline, where they are not the delimiter', () => {
  assert.equal(encode('¥‾', 'ISO_IR 13', 'none'), '\\~')
  assert.deepEqual(encode('¥', 'ISO_IR 13', 'values'), ['¥'])
  assert.deepEqual(encode('\\~', 'ISO_IR 13', 'none'), ['\\', '~'])
  assert.equal(encode('a\\b', 'ISO_IR 13', 'values'), 'a\\b')
  assert.equal(encode('a\\', 'ISO 2022 IR 13\\ISO 2022 IR 6', 'none'), 'a~(B\\~(J')
})

test('lookalikes', () => {
  assert.equal(encode('〜−', '\\ISO 2022 IR 87'), '~$B!A!]~(B')
})

test('GBK and GB 18030', () => {
  assert.equal(encode('俓\\王', 'GBK'), '\x82\x5c\\\xcd\xf5')
  assert.equal(
    encode('俓é\u{20000}\u{10ffff}', 'GB18030'),
    '\x82\x5c\xa8\xa6\x95\x32\x82\x36\xe3\x32\x9a\x35',
  )
  assert.equal(encode('\u0080', 'GB18030'), '\x81\x30\x81\x30')
})

test('Windows code pages', () => {
  assert.equal(encode('Ж', 'windows-1251'), '\xc6')
})

const charactersOf: Readonly<Record<string, string>> = {
  'ISO_IR 100': 'aZ ~éü×',
  'ISO_IR 13': 'aZ 1ｱﾞ‾',
  'ISO_IR 192': 'aé山\u{1f600}',
  GB18030: 'aé王俓\u{20000}€',
  GBK: 'aé王俓',
  'ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126': 'aéПж Ω',
  '\\ISO 2022 IR 87\\ISO 2022 IR 159': 'a山\u3000あ丂É',
  'ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 6': 'aｱ山~¥‾',
  '\\ISO 2022 IR 149\\ISO 2022 IR 58': 'a洪길王东',
  '\\ISO 2022 IR 166\\ISO 2022 IR 127\\ISO 2022 IR 138': 'aกقש',
}

for (const [terms, characters] of Object.entries(charactersOf)) {
  test(`what is written with ${terms} is read as it was`, () => {
    const characterSet = resolveCharacterSet(terms.split('\\'))
    const character = fc.constantFrom(...characters, '^', '=', '\r', '\n')
    const delimiters = fc.constantFrom<Delimiters>('none', 'values', 'names')
    fc.assert(
      fc.property(fc.array(character, { maxLength: 12 }), delimiters, (parts, kind) => {
        const text = parts.join('')
        const { bytes, unencodable } = encodeText(text, characterSet, kind)
        if (bytes === undefined) assert.deepEqual(unencodable, ['¥'])
        else assert.equal(decodeText(bytes, characterSet, kind), text)
      }),
      { numRuns: 500 },
    )
  })
}

test('GB 18030 has all of the first planes but private use and the replacement character', () => {
  const characterSet = resolveCharacterSet(['GB18030'])
  let text = ''
  for (let code = 0; code < 0x30000; code++) {
    const isSpecial = (code >= 0xd800 && code < 0xf900) || code === 0xfffd
    if (!isSpecial) text += String.fromCodePoint(code)
  }
  const { bytes, unencodable } = encodeText(text, characterSet, 'none')
  assert.deepEqual(unencodable, undefined)
  assert.ok(bytes !== undefined && decodeText(bytes, characterSet, 'none') === text)
})
