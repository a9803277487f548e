import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storageSopClasses } from '../dictionary/uids.ts'
import { Dicomdir } from './dicomdir.ts'
import { bareFile, walk } from './media.fixture.ts'
import { mediaKeysOf } from './media-keys.ts'
import { isRootType, leafTypeOf } from './record-type.ts'

/** The same once more, by the names of the SOP classes; the first that fits counts. */
const byName: readonly (readonly [RegExp, string])[] = [
  [/^(Standalone|Waveform Presentation)|Procedure Protocol|Protocol Approval|^Inventory/, 'PRIVATE'],
  [/Presentation State|Basic Structured Display/, 'PRESENTATION'],
  [/Waveform/, 'WAVEFORM'],
  [/Key Object/, 'KEY OBJECT DOC'],
  [/ SR |Procedure Log|Report/, 'SR DOCUMENT'],
  [/Encapsulated/, 'ENCAP DOC'],
  [/Spectroscopy/, 'SPECTROSCOPY'],
  [/Raw Data/, 'RAW DATA'],
  [/Registration/, 'REGISTRATION'],
  [/Fiducials/, 'FIDUCIAL'],
  [/Surface Segmentation/, 'SURFACE'],
  [/Surface Scan/, 'SURFACE SCAN'],
  [/Tractography/, 'TRACT'],
  [/Real World Value/, 'VALUE MAP'],
  [/Stereometric/, 'STEREOMETRIC'],
  [/Content Assessment/, 'ASSESSMENT'],
  [/Bulk Simple Annotations/, 'ANNOTATION'],
  [/Measurements|Intraocular Lens/, 'MEASUREMENT'],
  [/^RT Dose/, 'RT DOSE'],
  [/^RT Structure/, 'RT STRUCTURE SET'],
  [/^RT (Ion )?Plan/, 'RT PLAN'],
  [/Treatment (Summary )?Record/, 'RT TREAT RECORD'],
  [/^RT (Beams|Brachy).* Delivery Instruction/, 'PLAN'],
  [/RT Image|Continuous RT/, 'IMAGE'],
  [/^RT |^(C-Arm|Tomotherapeutic|Robotic)/, 'RADIOTHERAPY'],
  [/Hanging Protocol/, 'HANGING PROTOCOL'],
  [/Color Palette/, 'PALETTE'],
  [/Generic Implant/, 'IMPLANT'],
  [/Implant Assembly/, 'IMPLANT ASSY'],
  [/Implant Template Group/, 'IMPLANT GROUP'],
  [/Image|Map|Volume|^Segmentation|Tomography|Analysis/, 'IMAGE'],
]

test('every storage SOP class has the type of record that its name tells', () => {
  for (const { uid, name } of storageSopClasses) {
    const expected = byName.find(([pattern]) => pattern.test(name))?.[1]
    assert.equal(leafTypeOf(uid, false), expected, `${uid} ${name}`)
  }
})

test('an unknown SOP class is an image if it looks like one', () => {
  assert.equal(leafTypeOf('1.2.3', true), 'IMAGE')
  assert.equal(leafTypeOf('1.2.3', false), 'PRIVATE')
  assert.equal(leafTypeOf('1.2.840.10008.5.1.4.1.1.9999', false), 'PRIVATE')
})

/** Type 1 in PS3.3 F.5, typed a second time. */
const neverEmpty: Readonly<Record<string, readonly number[]>> = {
  PATIENT: [0x00100020],
  STUDY: [0x00080020, 0x00080030, 0x0020000d, 0x00200010],
  SERIES: [0x00080060, 0x0020000e, 0x00200011],
  ANNOTATION: [0x00080023, 0x00080033, 0x00200013, 0x00700080],
  ASSESSMENT: [0x00200013, 0x00080012],
  'ENCAP DOC': [0x00200013, 0x00420012],
  FIDUCIAL: [0x00080023, 0x00080033, 0x00200013, 0x00700080],
  'HANGING PROTOCOL': [0x00720002, 0x00720004, 0x00720006, 0x00720008, 0x0072000a, 0x0072000c, 0x00720014],
  IMAGE: [0x00200013],
  IMPLANT: [0x00080070, 0x00221095, 0x00221097],
  'IMPLANT ASSY': [0x00760001, 0x00760003, 0x00080070, 0x00760020],
  'IMPLANT GROUP': [0x00780001, 0x00780020],
  'KEY OBJECT DOC': [0x00200013, 0x00080023, 0x00080033, 0x0040a043],
  MEASUREMENT: [0x00200013, 0x00080023, 0x00080033],
  PALETTE: [0x00700080],
  PLAN: [],
  PRESENTATION: [0x00700082, 0x00700083, 0x00200013, 0x00700080],
  PRIVATE: [0x00041432],
  RADIOTHERAPY: [0x00200013],
  'RAW DATA': [0x00080023, 0x00080033],
  REGISTRATION: [0x00080023, 0x00080033, 0x00200013, 0x00700080],
  'RT DOSE': [0x00200013, 0x3004000a],
  'RT PLAN': [0x00200013, 0x300a0002],
  'RT STRUCTURE SET': [0x00200013, 0x30060002],
  'RT TREAT RECORD': [0x00200013],
  SPECTROSCOPY: [
    0x00080008, 0x00080023, 0x00080033, 0x00200013, 0x00280008, 0x00280010, 0x00280011, 0x00289001,
    0x00289002,
  ],
  'SR DOCUMENT': [0x00200013, 0x0040a491, 0x0040a493, 0x00080023, 0x00080033, 0x0040a043],
  STEREOMETRIC: [0x00200013, 0x00700080],
  SURFACE: [0x00080023, 0x00080033, 0x00200013, 0x00700080],
  'SURFACE SCAN': [0x00080023, 0x00080033],
  TRACT: [0x00080023, 0x00080033, 0x00200013, 0x00700080],
  'VALUE MAP': [0x00080023, 0x00080033, 0x00200013, 0x00700080],
  WAVEFORM: [0x00200013, 0x00080023, 0x00080033],
}

test('no record lacks a key of type 1, however little its instance says', async () => {
  const seen = new Set<string>()
  for (const { uid: sopClassUid } of storageSopClasses) {
    const keys = mediaKeysOf(bareFile({ sopClassUid }))
    assert.ok(keys)
    const dicomdir = new Dicomdir({ fileSetId: '', now: new Date(0) })
    dicomdir.add({ fileId: ['IM0'], keys })
    let level = await walk(Buffer.concat([...dicomdir.finish()]))
    assert.equal(level[0]?.type === 'PATIENT', !isRootType(keys.type))
    for (; level[0] !== undefined; level = level[0].below) {
      const { type, item } = level[0]
      seen.add(type)
      for (const tag of neverEmpty[type] ?? assert.fail(type)) {
        const value = item.get(tag)?.value
        const length =
          value?.kind === 'bytes' ? value.bytes.length : value?.kind === 'items' ? value.items.length : 0
        assert.ok(length > 0, `${type} ${tag.toString(16)}`)
      }
    }
  }
  assert.deepEqual([...seen].sort(), Object.keys(neverEmpty).sort())
})
