import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readPart10 } from '../part10/read-part10.ts'
import { toSimplifiedJson } from './tag-formats.ts'

const shared = new URL('../../../../../shared/samples/', import.meta.url)
const skip = existsSync(shared) ? false : 'the shared samples are not here'

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function simplified(name: string) {
  const bytes = new Uint8Array(readFileSync(new URL(name, shared)))
  return toSimplifiedJson((await readPart10(once(bytes), { untilPixelData: true })).dataSet)
}

/** The characters of one string that each set can hold; the last file has them all. */
const names: Readonly<Record<string, string>> = {
  arabic: 'Test-ص',
  ascii: 'Test-',
  cyrillic: 'Test-Дћ',
  greek: 'Test-Θ',
  hebrew: 'Test-ד',
  latin1: 'Test-éüäöò',
  latin2: 'Test-éüäö',
  latin3: 'Test-éüäöòĝİ',
  latin4: 'Test-éüäöķ',
  latin5: 'Test-éüäöòİ',
  'shift-jis': 'Test-ДΘﾈ',
  'tis-620': 'Test-๛',
  utf8: 'Test-éüäöòДΘĝדصķћ๛ﾈİ',
}

for (const [name, expected] of Object.entries(names)) {
  test(`character set of ${name}`, { skip }, async () => {
    assert.equal((await simplified(`Encodings/Lena-${name}.dcm`)).PatientName, expected)
  })
}

test('Latin 2', { skip }, async () => {
  const text = JSON.stringify(await simplified('MarekLatin2.dcm'))
  assert.match(text, /[ąćęłńóśźż]/)
  assert.ok(!/[\u0080-\u009f\ufffd]/.test(text))
})
