import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeDataSet } from '../encoding/write-data-set.ts'
import { DicomError } from '../errors.ts'
import { encodeFileMeta } from '../part10/encode-file-meta.ts'
import { Part10Reader } from '../part10/part10-reader.ts'
import { Dicomdir } from './dicomdir.ts'
import { bareFile, outline, walk } from './media.fixture.ts'
import { type MediaKeys, mediaKeysOf, mediaKeyTags } from './media-keys.ts'

const options = { fileSetId: 'TEST', now: new Date(0) }

/** A study has one of three patients or none, a series one of three studies. */
const placement = fc.record({
  patient: fc.integer({ min: 0, max: 3 }),
  study: fc.integer({ min: 0, max: 2 }),
  series: fc.integer({ min: 0, max: 2 }),
  instance: fc.integer({ min: 0, max: 30 }),
  isPalette: fc.boolean(),
})

test('whatever comes in whatever order, the tree is that of the instances', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(placement, { maxLength: 40 }), async (placements) => {
      const dicomdir = new Dicomdir(options)
      const tree = new Map<string, readonly string[]>()
      for (const { patient, study, series, instance, isPalette } of placements) {
        const names = { study: `1.${study}`, series: `1.${study}.${series}`, instance: `1.9.${instance}` }
        const sopClassUid = isPalette ? '1.2.840.10008.5.1.4.39.1' : undefined
        const file = bareFile({ ...names, ...(sopClassUid && { sopClassUid }) }, [
          [0x00100020, 'LO', patient === 0 ? '' : `P${patient}`],
        ])
        const keys = mediaKeysOf(file)
        assert.ok(keys)
        const outcome = dicomdir.add({ fileId: ['IM0'], keys })
        assert.equal(outcome, tree.has(names.instance) ? 'Duplicate' : 'Added')
        const id = patient === 0 ? names.study : `P${patient}`
        if (outcome === 'Added') tree.set(names.instance, isPalette ? [] : [id, names.study, names.series])
      }
      const bytes = Buffer.concat([...dicomdir.finish()])
      assert.equal(bytes.length, dicomdir.size)
      const lines = outline(await walk(bytes), [0x00100020, 0x0020000d, 0x0020000e, 0x00041511])
      assert.deepEqual(pathsOf(lines), [...tree].map(([uid, path]) => [...path, uid].join(' ')).sort())
    }),
    { numRuns: 60 },
  )
})

/** Of each leaf, the names on the way to it. */
function pathsOf(lines: readonly string[]): readonly string[] {
  const above: string[] = []
  return lines
    .flatMap((line) => {
      const depth = (line.length - line.trimStart().length) / 2
      const [type, name = ''] = line.trim().split(' ')
      above.splice(depth)
      above.push(name)
      return type === 'IMAGE' || type === 'PALETTE' ? [above.join(' ')] : []
    })
    .sort()
}

const whole = (() => {
  const sopClassUid = '1.2.840.10008.5.1.4.1.1.88.11'
  const file = bareFile({ sopClassUid }, [
    [0x00080005, 'CS', 'ISO_IR 192'],
    [0x00080020, 'DA', '20260102'],
    [0x00100010, 'PN', 'Müller^Jörg'],
    [0x00100020, 'LO', 'A'],
    [0x00200013, 'IS', '7'],
    [0x00280010, 'US', 7],
    [0x0040a043, 'SQ', [[[0x00080100, 'SH', 'code']]]],
    [0x0040a730, 'SQ', [[[0x0040a010, 'CS', 'HAS CONCEPT MOD']]]],
  ])
  const meta = { sopClassUid, sopInstanceUid: '1.3', transferSyntaxUid: '1.2.840.10008.1.2.1' }
  return Buffer.concat([encodeFileMeta(meta), encodeDataSet(file.dataSet, file.dataSet.encoding)])
})()

function keysOfBytes(bytes: Uint8Array): MediaKeys | undefined {
  const reader = new Part10Reader({ only: mediaKeyTags, untilPixelData: true })
  try {
    reader.push(bytes)
    return mediaKeysOf(reader.end(), { extended: true })
  } catch (error) {
    assert.ok(error instanceof DicomError, String(error))
    return undefined
  }
}

test('whatever can be read of a damaged file makes a DICOMDIR that can be walked', async () => {
  assert.equal(keysOfBytes(whole)?.type, 'SR DOCUMENT')
  const damage = fc.array(
    fc.record({
      at: fc.integer({ min: 132, max: whole.length - 1 }),
      byte: fc.integer({ min: 0, max: 255 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  let listed = 0
  await fc.assert(
    fc.asyncProperty(damage, fc.integer({ min: 132, max: whole.length }), async (changes, end) => {
      const bytes = Buffer.from(whole.subarray(0, end < whole.length / 2 ? whole.length : end))
      for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte
      const keys = keysOfBytes(bytes)
      if (keys === undefined) return
      const dicomdir = new Dicomdir({ ...options, extended: true })
      dicomdir.add({ fileId: ['IM0'], keys })
      const lines = outline(await walk(Buffer.concat([...dicomdir.finish()])), [])
      assert.equal(lines.length, lines[0] === 'PATIENT' ? 4 : 1)
      listed++
    }),
    { numRuns: 400 },
  )
  assert.ok(listed > 5, `${listed}`)
})
