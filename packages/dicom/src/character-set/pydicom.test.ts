import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { resolveCharacterSet } from './character-set.ts'
import { decodeText } from './decode-text.ts'
import { encodeText } from './encode-text.ts'

const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import pydicom']).status === 0,
)
const skip = python === undefined && 'pydicom is not installed'

const program = `
import sys, json, warnings
from pydicom.charset import convert_encodings, decode_bytes
warnings.simplefilter('ignore')
print(json.dumps([decode_bytes(bytes.fromhex(code), convert_encodings(terms), set(b'\\\\^=\\r\\n\\t\\f'))
  for terms, code in json.load(sys.stdin)]))
`

/** Characters that the codecs of both sides map alike. pydicom 2 does not read the example of PS3.5 K.2 (ISO-IR 58). */
const repertoires: Readonly<Record<string, string>> = {
  'ISO_IR 100': 'AZ az19éüßÿ',
  'ISO_IR 101': 'AZ ěščłő',
  'ISO_IR 109': 'AZ ĦħĜĵ',
  'ISO_IR 110': 'AZ ĄķŊŧ',
  'ISO_IR 144': 'AZ Жѓяћ',
  'ISO_IR 127': 'AZ قبان',
  'ISO_IR 126': 'AZ ΔΩάώ',
  'ISO_IR 138': 'AZ שרון',
  'ISO_IR 148': 'AZ ĞİŞç',
  'ISO_IR 166': 'AZ นาม',
  'ISO_IR 13': 'AZ ﾔﾏﾀﾞ',
  'ISO_IR 192': 'AZ é山\u{1f600}ش',
  GB18030: 'AZ 王小东俓é',
  GBK: 'AZ 王小东俓',
  '\\ISO 2022 IR 87': 'AZ 山田あ',
  'ISO 2022 IR 13\\ISO 2022 IR 87': 'AZ ﾔﾏ山田',
  '\\ISO 2022 IR 149': 'AZ 洪길동',
  'ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126': 'AZ éЖΩ',
}

const samples = fc.sample(
  fc.constantFrom(...Object.entries(repertoires)).chain(([terms, characters]) =>
    fc.record({
      terms: fc.constant(terms.split('\\')),
      text: fc
        .array(fc.constantFrom(...characters, '^', '='), { minLength: 1, maxLength: 14 })
        .map((parts) => parts.join('')),
    }),
  ),
  { numRuns: 2000, seed: 1 },
)

test('pydicom reads what we write', { skip }, () => {
  const encoded = samples.map(({ terms, text }) => {
    const { bytes = new Uint8Array(0) } = encodeText(text, resolveCharacterSet(terms), 'names')
    assert.equal(decodeText(bytes, resolveCharacterSet(terms), 'names'), text)
    return [terms, Buffer.from(bytes).toString('hex')]
  })
  const { stdout, stderr } = spawnSync(python ?? '', ['-c', program], {
    input: JSON.stringify(encoded),
    maxBuffer: 1 << 26,
  })
  assert.equal(String(stderr), '')
  assert.deepEqual(
    JSON.parse(String(stdout)),
    samples.map(({ text }) => text),
  )
})
