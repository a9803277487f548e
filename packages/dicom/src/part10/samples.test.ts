import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { DataSet } from '../data-set/data-set.ts'
import { type ByteRange, undefinedLength } from '../data-set/element.ts'
import { dataSetParts } from '../encoding/data-set-writer.ts'
import { writeDataSet } from '../encoding/write-data-set.ts'
import { DicomError } from '../errors.ts'
import { formatTag, isGroupLength } from '../tag.ts'
import {
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  transferSyntax,
} from '../transfer-syntax/transfer-syntax.ts'
import { encodeFileMeta } from './encode-file-meta.ts'
import { type Part10File, Part10Reader } from './part10-reader.ts'
import { inflatedStream } from './read-part10.ts'

const shared = join(dirname(fileURLToPath(import.meta.url)), '../../../../../shared')
const skip = existsSync(shared) ? false : `${shared} is not here`
const hasDcmdump = spawnSync('dcmdump', ['--version']).status === 0

const filesIn = (folder: string): string[] =>
  existsSync(join(shared, folder))
    ? readdirSync(join(shared, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.dcm'))
        .map((name) => join(shared, folder, name))
        .sort()
    : []

function read(path: string, pieceSize = Number.POSITIVE_INFINITY): Part10File {
  const bytes = readFileSync(path)
  const reader = new Part10Reader()
  for (let at = 0; at < bytes.length; at += pieceSize) reader.push(bytes.subarray(at, at + pieceSize))
  return reader.end()
}

/** Files whose file meta information is not where it can be found, or with nothing behind it. */
const refused = new Set([
  'TC0267_depth_500_raw.dcm',
  'TC0381_preamble_127.dcm',
  'TC0385_dicm_offset0.dcm',
  'TC0387_dicm_offset64.dcm',
  'TC0389_dicm_offset256.dcm',
  'TC0403_meta_tag_in_dataset.dcm',
])

test('every sample is read, in pieces as whole', { skip }, () => {
  const files = filesIn('samples')
  assert.ok(files.length > 100)
  for (const path of files) {
    const { dataSet, warnings } = read(path)
    assert.ok(dataSet.get(0x00080018), path)
    const pieces = read(path, 1009)
    assert.deepEqual(outline(pieces.dataSet), outline(dataSet), path)
    assert.deepEqual(pieces.warnings, warnings, path)
  }
})

test('every malformed file is read or refused', { skip }, () => {
  const files = filesIn('malformed')
  assert.ok(files.length > 150)
  for (const path of files) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (refused.has(name)) assert.throws(() => read(path), DicomError, name)
    else assert.ok(read(path).dataSet.get(0x00080018), name)
  }
})

test('every sample is written byte for byte', { skip }, async () => {
  for (const path of filesIn('samples')) {
    const bytes = Buffer.concat(await Array.fromAsync(inflatedStream(Readable.from([readFileSync(path)]))))
    const { dataSet, fileMeta, hasPreamble } = read(path)
    const parts = [
      ...dataSetParts(fileMeta, fileMeta.encoding),
      ...dataSetParts(dataSet, dataSet.encoding),
    ].map((part) =>
      part instanceof Uint8Array ? part : bytes.subarray(part.offset, part.offset + part.length),
    )
    const written = Buffer.concat([bytes.subarray(0, hasPreamble ? 132 : 0), ...parts])
    assert.ok(written.equals(bytes), path)
  }
})

/** One line per element and item: depth, tag, VR, length. */
function outline(dataSet: DataSet, depth = 0): string[] {
  return [...dataSet].flatMap(({ tag, vr, length, value }) => {
    // dcmdump shows OB for encapsulated Pixel Data, whatever is written in the file.
    const shownVr = value.kind === 'fragments' ? 'OB' : vr
    const line = `${' '.repeat(depth)}${formatTag(tag)} ${shownVr} ${length === undefinedLength ? 'u/l' : length}`
    if (value.kind !== 'items') return [line]
    return [line, ...value.items.flatMap((item) => outline(item, depth + 1))]
  })
}

/** What dcmdump says, in the same form. Values may hold line breaks, so a line ends with its `# length, vm name`. */
function dcmdumpOutline(path: string): string[] {
  const { stdout } = spawnSync('dcmdump', ['-q', '-M', path], { encoding: 'latin1', maxBuffer: 1 << 28 })
  const pattern = /^( *)\(([0-9a-f]{4},[0-9a-f]{4})\) (..) [\s\S]*? # +(\d+|u\/l), *\d+ .+$/gm
  return [...stdout.matchAll(pattern)]
    .filter(([, indent, tag = '']) => !tag.startsWith('fffe') && (indent !== '' || !tag.startsWith('0002')))
    .map(([, indent = '', tag, vr, length]) => {
      // It leaves open what the standard leaves open; all samples concerned have unsigned pixels.
      const decided = vr === 'xs' ? 'US' : vr === 'lt' ? 'OW' : vr
      return `${' '.repeat(indent.length / 4)}${tag} ${decided} ${length}`
    })
}

const skipDcmdump = skip || (hasDcmdump ? false : 'no dcmdump here')

test('dcmdump finds the same elements', { skip: skipDcmdump }, () => {
  for (const path of differentSamples()) {
    const { dataSet } = read(path)
    assert.deepEqual(outline(dataSet), dcmdumpOutline(path), relative(shared, path))
  }
})

test('dcmdump finds the same elements in what is written in another encoding', {
  skip: skipDcmdump,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kingsfoil-samples-'))
  try {
    for (const path of differentSamples()) {
      const { dataSet, transferSyntaxUid } = read(path)
      if (transferSyntax(transferSyntaxUid)?.encapsulated === true) continue
      const bytes = Buffer.concat(await Array.fromAsync(inflatedStream(Readable.from([readFileSync(path)]))))
      for (const to of [implicitVrLittleEndian, explicitVrLittleEndian, explicitVrBigEndian]) {
        const written = await rewrite(dataSet, bytes, to)
        const target = join(folder, 'written.dcm')
        writeFileSync(target, written)
        const found = dcmdumpOutline(target)
        const expected = outline(read(target).dataSet)
        const isImplicit = to === implicitVrLittleEndian
        assert.deepEqual(
          isImplicit ? found.map(withoutPrivateVr) : found,
          isImplicit ? expected.map(withoutPrivateVr) : expected,
          `${path} as ${to}`,
        )
        assert.deepEqual(tags(read(target).dataSet), tags(dataSet), `${path} as ${to}`)
      }
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** In implicit VR, the VRs of private elements come from a dictionary, and dcmdump has another. */
const withoutPrivateVr = (line: string): string =>
  line.replace(/^( *[0-9a-f]{3}[13579bdf],[0-9a-f]{4}) .. /, '$1 -- ')

/** One of each series will do: starting a program takes time. */
const differentSamples = (): string[] =>
  filesIn('samples').filter((path) => !/IM-0001-00(0[2-9]|[1-9])/.test(path))

async function rewrite(dataSet: DataSet, source: Uint8Array, transferSyntaxUid: string): Promise<Buffer> {
  const encoding = transferSyntax(transferSyntaxUid)
  assert.ok(encoding)
  const meta = encodeFileMeta({ sopClassUid: '1.2', sopInstanceUid: '1.2', transferSyntaxUid })
  async function* readSource({ offset, length }: ByteRange): AsyncGenerator<Uint8Array> {
    yield source.subarray(offset, offset + length)
  }
  return Buffer.concat([meta, ...(await Array.fromAsync(writeDataSet(dataSet, encoding, readSource)))])
}

/** Group lengths are left out of what is written. */
const tags = (dataSet: DataSet): unknown[] =>
  [...dataSet]
    .filter(({ tag }) => !isGroupLength(tag))
    .map(({ tag, value }) => (value.kind === 'items' ? [tag, value.items.map(tags)] : tag))
