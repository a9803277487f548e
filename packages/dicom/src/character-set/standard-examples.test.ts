import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveCharacterSet } from './character-set.ts'
import { type Delimiters, decodeText } from './decode-text.ts'
import { encodeText } from './encode-text.ts'

interface Example {
  readonly section: string
  readonly terms: readonly string[]
  readonly delimiters: Delimiters
  /** One character per byte; `~` stands for ESC. */
  readonly encoded: string
  readonly text: string
  /** The standard designates a set where it is not needed. */
  readonly decodeOnly?: true
}

const examples: readonly Example[] = [
  {
    section: 'PS3.5 H.3.1',
    terms: ['', 'ISO 2022 IR 87'],
    delimiters: 'names',
    encoded: 'Yamada^Tarou=~$B;3ED~(B^~$BB@O:~(B=~$B$d$^$@~(B^~$B$?$m$&~(B',
    text: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
  },
  {
    section: 'PS3.5 H.3.2',
    terms: ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
    delimiters: 'names',
    encoded: '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=~$B;3ED~(J^~$BB@O:~(J=~$B$d$^$@~(J^~$B$?$m$&~(J',
    text: 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
  },
  {
    section: 'PS3.5 I.2',
    terms: ['', 'ISO 2022 IR 149'],
    delimiters: 'names',
    encoded: 'Hong^Gildong=~$)C\xfb\xf3^~$)C\xd1\xce\xd4\xd7=~$)C\xc8\xab^~$)C\xb1\xe6\xb5\xbf',
    text: 'Hong^Gildong=洪^吉洞=홍^길동',
  },
  {
    section: 'PS3.5 I.3',
    terms: ['', 'ISO 2022 IR 149'],
    delimiters: 'none',
    encoded:
      '~$)CThe 1st line includes \xb1\xe6\xb5\xbf.\r\n~$)CThe 2nd line includes \xb1\xe6\xb5\xbf, too.\r\nThe 3rd line',
    text: 'The 1st line includes 길동.\r\nThe 2nd line includes 길동, too.\r\nThe 3rd line',
    decodeOnly: true,
  },
  {
    section: 'PS3.5 J.1',
    terms: ['ISO_IR 192'],
    delimiters: 'names',
    encoded: 'Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1=',
    text: 'Wang^XiaoDong=王^小東=',
  },
  {
    section: 'PS3.5 J.2',
    terms: ['ISO_IR 192'],
    delimiters: 'none',
    encoded:
      'The first line includes\xe4\xb8\xad\xe6\x96\x87.\r\nThe second line includes\xe4\xb8\xad\xe6\x96\x87, too.\r\nThe third line.\r\n',
    text: 'The first line includes中文.\r\nThe second line includes中文, too.\r\nThe third line.\r\n',
  },
  {
    section: 'PS3.5 J.3',
    terms: ['GB18030'],
    delimiters: 'names',
    encoded: 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=',
    text: 'Wang^XiaoDong=王^小东=',
  },
  {
    section: 'PS3.5 J.4',
    terms: ['GB18030'],
    delimiters: 'none',
    encoded:
      'The first line includes\xd6\xd0\xce\xc4.\r\nThe second line includes\xd6\xd0\xce\xc4, too.\r\nThe third line.\r\n',
    text: 'The first line includes中文.\r\nThe second line includes中文, too.\r\nThe third line.\r\n',
  },
  {
    section: 'PS3.5 K.2',
    terms: ['', 'ISO 2022 IR 58'],
    delimiters: 'names',
    encoded: 'Zhang^XiaoDong=~$)A\xd5\xc5^~$)A\xd0\xa1\xb6\xab=',
    text: 'Zhang^XiaoDong=张^小东=',
  },
  {
    section: 'PS3.5 K.3',
    terms: ['', 'ISO 2022 IR 58'],
    delimiters: 'none',
    encoded:
      '1.~$)A\xb5\xda\xd2\xbb\xd0\xd0\xce\xc4\xd7\xd6\xa1\xa3\r\n2.~$)A\xb5\xda\xb6\xfe\xd0\xd0\xce\xc4\xd7\xd6\xa1\xa3\r\n',
    text: '1.第一行文字。\r\n2.第二行文字。\r\n',
  },
]

const bytesOf = (encoded: string): Uint8Array =>
  Uint8Array.from(encoded.replaceAll('~', '\u001b'), (character) => character.charCodeAt(0))

for (const { section, terms, delimiters, encoded, text, decodeOnly } of examples) {
  const characterSet = resolveCharacterSet(terms)

  test(`${section}: reads`, () => {
    const warnings: string[] = []
    const decoded = decodeText(bytesOf(encoded), characterSet, delimiters, (code) => warnings.push(code))
    assert.equal(decoded, text)
    assert.deepEqual([...warnings, ...characterSet.warnings], [])
  })

  test(`${section}: writes the same bytes`, {
    skip: decodeOnly === true && 'written with fewer escape sequences',
  }, () => {
    assert.deepEqual(encodeText(text, characterSet, delimiters), { bytes: bytesOf(encoded) })
  })

  test(`${section}: cut anywhere, what came before is read and no byte is left out`, () => {
    const bytes = bytesOf(encoded)
    for (let end = 0; end <= bytes.length; end++) {
      const decoded = decodeText(bytes.subarray(0, end), characterSet, delimiters)
      assert.ok(!decoded.includes('\ufffd'))
      const common = [...decoded].findIndex((character, index) => character !== [...text][index])
      // At most one character or escape sequence was cut, of up to three bytes.
      if (common !== -1) assert.ok([...decoded].length - common <= 3, `${end}: ${decoded}`)
    }
  })
}
