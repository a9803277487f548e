import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readPart10 } from '../part10/read-part10.ts'
import { toDicomJson } from './dicom-json.ts'

const shared = new URL('../../../../../shared/samples/', import.meta.url)
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import pydicom']).status === 0,
)
const skip =
  python === undefined ? 'pydicom is not installed' : !existsSync(shared) && 'the shared samples are not here'

const program = `
import sys, json, warnings, pydicom
warnings.simplefilter('ignore')
for name in sys.argv[1:]:
    dataset = pydicom.dcmread(name, stop_before_pixels=True, force=True)
    print(json.dumps(dataset.to_json_dict(1 << 40, lambda element: 'x')))
`

const names = [
  'DummyCT.dcm',
  'Brainix/Flair/IM-0001-0001.dcm',
  'DicomSeg.dcm',
  'ColorTestMalaterre.dcm',
  'Encodings/Lena-cyrillic.dcm',
  'Encodings/Lena-utf8.dcm',
  'TransferSyntaxes/1.2.840.10008.1.2.2.dcm',
  'TransferSyntaxes/1.2.840.10008.1.2.dcm',
]

/** pydicom writes group lengths, padding inside values, DS as numbers, and Value for a sequence without items. */
function likePydicom(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(likePydicom)
  if (typeof json === 'string') return json.trimEnd()
  if (typeof json !== 'object' || json === null) return json
  const { vr, Value } = json as { readonly vr?: unknown; readonly Value?: readonly unknown[] }
  if (vr === 'SQ' && Value === undefined) return { vr, Value: [] }
  if (vr === 'DS' && Value !== undefined) return { vr, Value: Value.map(Number) }
  const entries = Object.entries(json).filter(([key]) => !/^[0-9A-F]{4}0000$/.test(key))
  return Object.fromEntries(entries.map(([key, value]) => [key, likePydicom(value)]))
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

test('the DICOM JSON of files is that of pydicom', { skip }, async () => {
  const files = names.map((name) => fileURLToPath(new URL(name, shared)))
  const { stdout, stderr } = spawnSync(python ?? '', ['-c', program, ...files], { maxBuffer: 1 << 27 })
  assert.equal(String(stderr), '')
  const expected = String(stdout).trim().split('\n')
  assert.equal(expected.length, files.length)
  for (const [index, file] of files.entries()) {
    const bytes = new Uint8Array(readFileSync(file))
    const { dataSet } = await readPart10(once(bytes), { untilPixelData: true })
    const { '7FE00010': _, '00080005': _ours, ...ours } = toDicomJson(dataSet, { maxInlineBytes: 2 ** 40 })
    const { '00080005': _theirs, ...theirs } = JSON.parse(expected[index] ?? '')
    assert.deepEqual(likePydicom(ours), likePydicom(theirs), names[index])
  }
})
