import { hash } from 'node:crypto'
import { buildDataSet, encodeDataSet, encodeFileMeta, explicitVrLittleEndian, newUid } from '@kingsfoil/dicom'
import { sliceOf } from './slice.ts'

const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'
const encoding = { explicitVr: true, littleEndian: true } as const

/** Rows, and columns. */
const size = 512
const slicesPerSeries = 40
/** Millimetres, between the centres of neighbouring slices. */
const spacing = 5
const fieldOfView = 250

const seriesList = [
  { description: 'Head 5.0 soft', kernel: 'SOFT', noise: 4, window: [40, 80] },
  { description: 'Head 5.0 standard', kernel: 'STANDARD', noise: 9, window: [40, 400] },
  { description: 'Head 5.0 sharp', kernel: 'SHARP', noise: 30, window: [400, 2000] },
] as const

/** A file of the study; `path` is relative. */
export interface PhantomFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** The same name gives the same UID, so that the same study is made each time. */
const uidOf = (name: string): string => newUid(hash('sha256', `phantom ${name}`, 'buffer').subarray(0, 16))

/** A CT study of a synthetic head: nobody's, and the same bytes each time. Made file by file. */
export function* phantomStudy(): Generator<PhantomFile> {
  for (const [index, series] of seriesList.entries()) {
    for (let slice = 0; slice < slicesPerSeries; slice++) {
      const number = String(slice + 1).padStart(2, '0')
      const path = `series-${index + 1}/slice-${number}.dcm`
      yield { path, bytes: encodeSlice(series, index, slice) }
    }
  }
}

type Series = (typeof seriesList)[number]

function encodeSlice(series: Series, seriesIndex: number, slice: number): Uint8Array {
  const sopInstanceUid = uidOf(`instance ${seriesIndex} ${slice}`)
  const meta = { sopClassUid: ctImageStorage, sopInstanceUid, transferSyntaxUid: explicitVrLittleEndian }
  const position = spacing * (slice - (slicesPerSeries - 1) / 2)
  const pixels = sliceOf({
    size,
    z: (2 * position) / fieldOfView,
    noise: series.noise,
    seed: 1 + slice + seriesIndex * 0x10001,
  })
  const dataSet = buildDataSet(encoding, [
    ...studyElements(),
    ...seriesElements(series, seriesIndex),
    ...imageElements(series, sopInstanceUid, slice, position),
    // Node runs on little-endian machines, whose memory is in the order of the transfer syntax.
    [0x7fe00010, 'OW', new Uint8Array(pixels.buffer)],
  ])
  return Buffer.concat([encodeFileMeta(meta), encodeDataSet(dataSet, encoding)])
}

type Elements = Parameters<typeof buildDataSet>[1]

const date = '20260105'

function studyElements(): Elements {
  return [
    [0x00080005, 'CS', 'ISO_IR 192'],
    [0x00080020, 'DA', date],
    [0x00080030, 'TM', '090000'],
    [0x00080050, 'SH', 'DEMO-1'],
    [0x00080070, 'LO', 'Kingsfoil'],
    [0x00080080, 'LO', 'Kingsfoil Demonstration'],
    [0x00080090, 'PN'],
    [0x00081010, 'SH', 'PHANTOM'],
    [0x00081030, 'LO', 'Synthetic head'],
    [0x00081090, 'LO', 'Head phantom'],
    [0x00100010, 'PN', 'Phantom^Head'],
    [0x00100020, 'LO', 'KINGSFOIL-DEMO'],
    [0x00100030, 'DA', '19740101'],
    [0x00100040, 'CS', 'O'],
    [0x0020000d, 'UI', uidOf('study')],
    [0x00200010, 'SH', '1'],
    [0x00200052, 'UI', uidOf('frame of reference')],
    [0x00201040, 'LO', ''],
  ]
}

function seriesElements({ description, kernel, window }: Series, index: number): Elements {
  const time = `09${String(5 + index).padStart(2, '0')}00`
  return [
    [0x00080021, 'DA', date],
    [0x00080031, 'TM', time],
    [0x00080060, 'CS', 'CT'],
    [0x0008103e, 'LO', description],
    [0x00180015, 'CS', 'HEAD'],
    [0x00180050, 'DS', spacing],
    [0x00180060, 'DS', 120],
    [0x00181030, 'LO', 'Head'],
    [0x00181210, 'SH', kernel],
    [0x00185100, 'CS', 'HFS'],
    [0x0020000e, 'UI', uidOf(`series ${index}`)],
    [0x00200011, 'IS', index + 1],
    [0x00200012, 'IS', 1],
    [0x00281050, 'DS', window[0]],
    [0x00281051, 'DS', window[1]],
  ]
}

function imageElements(series: Series, sopInstanceUid: string, slice: number, position: number): Elements {
  const pixelSpacing = fieldOfView / size
  const corner = (pixelSpacing - fieldOfView) / 2
  const time = `0910${String(slice).padStart(2, '0')}`
  return [
    [0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL']],
    [0x00080016, 'UI', ctImageStorage],
    [0x00080018, 'UI', sopInstanceUid],
    [0x00080022, 'DA', date],
    [0x00080023, 'DA', date],
    [0x00080032, 'TM', time],
    [0x00080033, 'TM', time],
    [0x00200013, 'IS', slice + 1],
    [0x00200032, 'DS', [corner, corner, position]],
    [0x00200037, 'DS', [1, 0, 0, 0, 1, 0]],
    [0x00201041, 'DS', position],
    [0x00204000, 'LT', `Simulated, standard deviation of the noise ${series.noise} HU`],
    [0x00280002, 'US', 1],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280010, 'US', size],
    [0x00280011, 'US', size],
    [0x00280030, 'DS', [pixelSpacing, pixelSpacing]],
    [0x00280100, 'US', 16],
    [0x00280101, 'US', 12],
    [0x00280102, 'US', 11],
    [0x00280103, 'US', 0],
    [0x00281052, 'DS', -1024],
    [0x00281053, 'DS', 1],
    [0x00281054, 'LO', 'HU'],
  ]
}
