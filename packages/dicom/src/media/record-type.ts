import { isStorageSopClass } from '../dictionary/uids.ts'

/** Directory records that instances have; above them are PATIENT, STUDY and SERIES (PS3.3 Table F.4-1). */
export type LeafType =
  | 'ANNOTATION'
  | 'ASSESSMENT'
  | 'ENCAP DOC'
  | 'FIDUCIAL'
  | 'HANGING PROTOCOL'
  | 'IMAGE'
  | 'IMPLANT'
  | 'IMPLANT ASSY'
  | 'IMPLANT GROUP'
  | 'KEY OBJECT DOC'
  | 'MEASUREMENT'
  | 'PALETTE'
  | 'PLAN'
  | 'PRESENTATION'
  | 'PRIVATE'
  | 'RADIOTHERAPY'
  | 'RAW DATA'
  | 'REGISTRATION'
  | 'RT DOSE'
  | 'RT PLAN'
  | 'RT STRUCTURE SET'
  | 'RT TREAT RECORD'
  | 'SPECTROSCOPY'
  | 'SR DOCUMENT'
  | 'STEREOMETRIC'
  | 'SURFACE'
  | 'SURFACE SCAN'
  | 'TRACT'
  | 'VALUE MAP'
  | 'WAVEFORM'

export type RecordType = 'PATIENT' | 'STUDY' | 'SERIES' | LeafType

/** What all UIDs below begin with. */
const root = '1.2.840.10008.5.1.4.'

/** Storage SOP classes that are no images, below `root`; `*` stands for whatever follows. */
const sopClasses: Readonly<Partial<Record<LeafType, readonly string[]>>> = {
  ANNOTATION: ['1.1.91.1'],
  ASSESSMENT: ['1.1.90.1'],
  'ENCAP DOC': ['1.1.104.*'],
  FIDUCIAL: ['1.1.66.2'],
  'HANGING PROTOCOL': ['38.1'],
  IMPLANT: ['43.1'],
  'IMPLANT ASSY': ['44.1'],
  'IMPLANT GROUP': ['45.1'],
  'KEY OBJECT DOC': ['1.1.88.59'],
  MEASUREMENT: [
    '1.1.78.1',
    '1.1.78.2',
    '1.1.78.3',
    '1.1.78.4',
    '1.1.78.5',
    '1.1.78.7',
    '1.1.78.8',
    '1.1.80.1',
  ],
  PALETTE: ['39.1'],
  PLAN: ['34.1', '34.7', '34.10'],
  PRESENTATION: ['1.1.11.*', '1.1.131'],
  // Neither performed nor defined protocols have a type of record, nor have inventories and what was retired early.
  PRIVATE: ['1.1.8', '1.1.9', '1.1.10', '1.1.11', '1.1.129', '1.1.200.*', '1.1.201.1'],
  RADIOTHERAPY: [
    ...[10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 25].map((last) => `1.1.481.${last}`),
  ],
  'RAW DATA': ['1.1.66'],
  REGISTRATION: ['1.1.66.1', '1.1.66.3'],
  'RT DOSE': ['1.1.481.2'],
  'RT PLAN': ['1.1.481.5', '1.1.481.8'],
  'RT STRUCTURE SET': ['1.1.481.3'],
  'RT TREAT RECORD': ['1.1.481.4', '1.1.481.6', '1.1.481.7', '1.1.481.9'],
  SPECTROSCOPY: ['1.1.4.2'],
  'SR DOCUMENT': ['1.1.78.6', '1.1.79.1', '1.1.88.*'],
  STEREOMETRIC: ['1.1.77.1.5.3'],
  SURFACE: ['1.1.66.5'],
  'SURFACE SCAN': ['1.1.68.1', '1.1.68.2'],
  TRACT: ['1.1.66.6'],
  'VALUE MAP': ['1.1.67'],
  WAVEFORM: ['1.1.9.*'],
}

const types: ReadonlyMap<string, LeafType> = new Map(
  Object.entries(sopClasses).flatMap(([type, uids]) =>
    uids.map((uid) => [`${root}${uid}`, type as LeafType] as const),
  ),
)

function typeOfFamily(uid: string): LeafType | undefined {
  for (let dot = uid.lastIndexOf('.'); dot > root.length; dot = uid.lastIndexOf('.', dot - 1)) {
    const type = types.get(`${uid.slice(0, dot)}.*`)
    if (type !== undefined) return type
  }
  return undefined
}

/**
 * The type of the record of an instance. `looksLikeImage` decides for SOP classes that are not in PS3.4: a record
 * IMAGE is for whatever is an image, PRIVATE for what nobody else can know (PS3.3 F.6.1).
 */
export function leafTypeOf(sopClassUid: string, looksLikeImage: boolean): LeafType {
  const known = types.get(sopClassUid)
  if (known !== undefined) return known
  if (isStorageSopClass(sopClassUid)) return typeOfFamily(sopClassUid) ?? 'IMAGE'
  return looksLikeImage ? 'IMAGE' : 'PRIVATE'
}

/** Records of objects that belong to no patient stand beside those of the patients (PS3.3 Table F.4-1). */
const rootTypes: ReadonlySet<LeafType> = new Set([
  'HANGING PROTOCOL',
  'IMPLANT',
  'IMPLANT ASSY',
  'IMPLANT GROUP',
  'PALETTE',
] as const)

export const isRootType = (type: LeafType): boolean => rootTypes.has(type)

/**
 * Private Record UID (PS3.3 F.6.1), from a UUID made once. It names this definition: a record without keys of its own,
 * below a SERIES, of an instance whose SOP class has no type of record.
 */
export const privateRecordUid = '2.25.74644935593132063256003022073560514180'
