import { formatTag, type Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'
import type { MediaValue, MediaValues } from './media-keys.ts'
import type { RecordType } from './record-type.ts'

/** Where a record is to stand, for keys that have no value of their own. */
export interface RecordPlace {
  /** Among the records beside it, from 1. */
  readonly position: number
  readonly values: MediaValues
  /** UTC, as DA and TM. */
  readonly now: { readonly date: string; readonly time: string }
}

/** An attribute of a directory record (PS3.3 F.5). */
export interface RecordKey {
  readonly tag: Tag
  /** `gggg,eeee`. */
  readonly name: string
  readonly vr: Vr
  /** Several values are allowed. */
  readonly isMultiple: boolean
  /** Of a sequence: what its items keep. */
  readonly items: readonly RecordKey[]
  /** Of a sequence: which items are kept. */
  readonly wanted?: (item: MediaValues) => boolean
  /** The value is the latest of those in the items of this sequence. */
  readonly within?: Tag
  /** Type 1C, where the condition is not just that there is a value. */
  readonly onlyIf?: (place: RecordPlace) => boolean
  /** Type 2: is there even if it is empty. */
  readonly mayBeEmpty?: true
  /** Type 1: what stands there in place of nothing. */
  readonly otherwise?: (place: RecordPlace) => MediaValue
}

const key = (tag: Tag, vr: Vr, isMultiple = false): RecordKey => ({
  tag,
  name: formatTag(tag),
  vr,
  isMultiple,
  items: [],
})

const sequence = (tag: Tag, items: readonly RecordKey[]): RecordKey => ({ ...key(tag, 'SQ'), items })

/** Type 2. */
const present = (base: RecordKey): RecordKey => ({ ...base, mayBeEmpty: true })

/** Type 1. A text is taken as it is. */
const required = (base: RecordKey, otherwise: string | NonNullable<RecordKey['otherwise']>): RecordKey => ({
  ...base,
  otherwise: typeof otherwise === 'string' ? () => otherwise : otherwise,
})

const unknown = 'UNKNOWN'
const position = (place: RecordPlace): string => String(place.position)

export const studyDate = key(0x00080020, 'DA')
export const studyTime = key(0x00080030, 'TM')
export const patientId = key(0x00100020, 'LO')
export const studyInstanceUid = key(0x0020000d, 'UI')
export const seriesInstanceUid = key(0x0020000e, 'UI')
const modality = key(0x00080060, 'CS')

const dateOfStudy = ({ values, now }: RecordPlace): MediaValue => values[studyDate.name] ?? now.date
/** A study without a date takes place now. */
const timeOfStudy = ({ values, now }: RecordPlace): MediaValue =>
  values[studyTime.name] ?? (values[studyDate.name] === undefined ? now.time : '000000')

const uidOfStudy = ({ values }: RecordPlace): MediaValue => values[studyInstanceUid.name] ?? ''

const dated = (date: Tag, time: Tag): readonly RecordKey[] => [
  required(key(date, 'DA'), dateOfStudy),
  required(key(time, 'TM'), timeOfStudy),
]

const contentDate = 0x00080023
const contentTime = 0x00080033
const content = dated(contentDate, contentTime)
const instanceNumber = required(key(0x00200013, 'IS'), position)
const contentDescription = present(key(0x00700081, 'LO'))

/** PS3.3 Table 10-12. */
const identification: readonly RecordKey[] = [
  instanceNumber,
  required(key(0x00700080, 'CS'), unknown),
  contentDescription,
  present(key(0x00700084, 'PN')),
]

/** PS3.3 Table 8.8-1. */
const code: readonly RecordKey[] = [
  key(0x00080100, 'SH'),
  key(0x00080102, 'SH'),
  key(0x00080103, 'SH'),
  key(0x00080104, 'LO'),
  key(0x00080119, 'UC'),
  key(0x00080120, 'UR'),
]

const codes = (tag: Tag): RecordKey => sequence(tag, code)

/** Of SNOMED CT. */
const unknownCode = (): MediaValue => [
  { '0008,0100': '261665006', '0008,0102': 'SCT', '0008,0104': 'Unknown' },
]

const conceptName = codes(0x0040a043)
const requiredConcept = required(conceptName, unknownCode)

/** Concept modifiers of the root content item (PS3.3 F.5). */
const modifiers: RecordKey = {
  ...sequence(0x0040a730, [
    key(0x0040a010, 'CS'),
    key(0x0040a040, 'CS'),
    conceptName,
    codes(0x0040a168),
    key(0x0040a160, 'UT'),
  ]),
  wanted: (item) => item['0040,a010'] === 'HAS CONCEPT MOD',
}

const referencedInstance: readonly RecordKey[] = [
  key(0x00081150, 'UI'),
  key(0x00081155, 'UI'),
  key(0x00081160, 'IS', true),
]

const referencedSeries = sequence(0x00081115, [
  seriesInstanceUid,
  sequence(0x00081140, referencedInstance),
  sequence(0x00081199, referencedInstance),
])

const spectroscopy: readonly RecordKey[] = [
  required(key(0x00080008, 'CS', true), 'ORIGINAL\\PRIMARY'),
  ...content,
  instanceNumber,
  // Files have references of either kind here.
  sequence(0x00089092, [studyInstanceUid, referencedSeries, ...referencedInstance]),
  required(key(0x00280008, 'IS'), '1'),
  required(key(0x00280010, 'US'), '1'),
  required(key(0x00280011, 'US'), '1'),
  required(key(0x00289001, 'UL'), '1'),
  required(key(0x00289002, 'UL'), '1'),
]

const hangingProtocol: readonly RecordKey[] = [
  required(key(0x00720002, 'SH'), unknown),
  required(key(0x00720004, 'LO'), unknown),
  required(key(0x00720006, 'CS'), 'SITE'),
  required(key(0x00720008, 'LO'), unknown),
  required(key(0x0072000a, 'DT'), ({ now }) => now.date),
  required(
    sequence(0x0072000c, [
      modality,
      codes(0x00082218),
      key(0x00200060, 'CS'),
      present(codes(0x00081032)),
      present(codes(0x0040100a)),
    ]),
    () => [{}],
  ),
  required(key(0x00720014, 'US'), '0'),
  present(codes(0x0072000e)),
]

const manufacturer = required(key(0x00080070, 'LO'), unknown)

/** The keys that PS3.3 F.5 asks for. */
const keys: Readonly<Record<RecordType, readonly RecordKey[]>> = {
  PATIENT: [present(key(0x00100010, 'PN')), required(patientId, uidOfStudy)],
  STUDY: [
    required(studyDate, dateOfStudy),
    required(studyTime, timeOfStudy),
    present(key(0x00081030, 'LO')),
    studyInstanceUid,
    required(key(0x00200010, 'SH'), position),
    present(key(0x00080050, 'SH')),
  ],
  SERIES: [required(modality, 'OT'), seriesInstanceUid, required(key(0x00200011, 'IS'), position)],
  ANNOTATION: [...content, ...identification],
  ASSESSMENT: [instanceNumber, required(key(0x00080012, 'DA'), dateOfStudy), present(key(0x00080013, 'TM'))],
  'ENCAP DOC': [
    present(key(contentDate, 'DA')),
    present(key(contentTime, 'TM')),
    instanceNumber,
    present(key(0x00420010, 'ST')),
    key(0x0040e001, 'ST'),
    present(conceptName),
    required(key(0x00420012, 'LO'), 'application/octet-stream'),
  ],
  FIDUCIAL: [...content, ...identification],
  'HANGING PROTOCOL': hangingProtocol,
  IMAGE: [instanceNumber],
  IMPLANT: [
    manufacturer,
    required(key(0x00221095, 'LO'), unknown),
    key(0x00686210, 'LO'),
    required(key(0x00221097, 'LO'), unknown),
  ],
  'IMPLANT ASSY': [
    required(key(0x00760001, 'LO'), unknown),
    required(key(0x00760003, 'LO'), unknown),
    manufacturer,
    required(codes(0x00760020), unknownCode),
  ],
  'IMPLANT GROUP': [required(key(0x00780001, 'LO'), unknown), required(key(0x00780020, 'LO'), unknown)],
  'KEY OBJECT DOC': [instanceNumber, ...content, requiredConcept, modifiers],
  MEASUREMENT: [...content, ...identification],
  PALETTE: [required(key(0x00700080, 'CS'), unknown), contentDescription],
  PLAN: [],
  PRESENTATION: [
    ...dated(0x00700082, 0x00700083),
    ...identification,
    referencedSeries,
    sequence(0x00700402, [studyInstanceUid, referencedSeries]),
  ],
  PRIVATE: [],
  RADIOTHERAPY: [
    instanceNumber,
    key(0x30100033, 'SH'),
    key(0x30100034, 'LO'),
    contentDescription,
    present(key(0x00700084, 'PN')),
  ],
  'RAW DATA': [...content, instanceNumber],
  REGISTRATION: [...content, ...identification],
  'RT DOSE': [instanceNumber, required(key(0x3004000a, 'CS'), unknown)],
  'RT PLAN': [
    instanceNumber,
    required(key(0x300a0002, 'SH'), unknown),
    present(key(0x300a0006, 'DA')),
    present(key(0x300a0007, 'TM')),
  ],
  'RT STRUCTURE SET': [
    instanceNumber,
    required(key(0x30060002, 'SH'), unknown),
    present(key(0x30060008, 'DA')),
    present(key(0x30060009, 'TM')),
  ],
  'RT TREAT RECORD': [instanceNumber, present(key(0x30080250, 'DA')), present(key(0x30080251, 'TM'))],
  SPECTROSCOPY: spectroscopy,
  'SR DOCUMENT': [
    instanceNumber,
    required(key(0x0040a491, 'CS'), 'PARTIAL'),
    required(key(0x0040a493, 'CS'), 'UNVERIFIED'),
    ...content,
    {
      ...key(0x0040a030, 'DT'),
      within: 0x0040a073,
      onlyIf: ({ values }) => values['0040,a493'] === 'VERIFIED',
    },
    requiredConcept,
    modifiers,
  ],
  STEREOMETRIC: identification,
  SURFACE: [...content, ...identification],
  'SURFACE SCAN': content,
  TRACT: [...content, ...identification],
  'VALUE MAP': [...content, ...identification],
  WAVEFORM: [instanceNumber, ...content],
}

/** What lists of a viewer show, and what it sorts images by, so that it need not open the files. */
const more: Readonly<Partial<Record<RecordType, readonly RecordKey[]>>> = {
  PATIENT: [key(0x00100030, 'DA'), key(0x00100040, 'CS')],
  STUDY: [key(0x00080090, 'PN')],
  SERIES: [
    key(0x00080021, 'DA'),
    key(0x00080031, 'TM'),
    key(0x00080080, 'LO'),
    key(0x0008103e, 'LO'),
    key(0x00180015, 'CS'),
  ],
  IMAGE: [
    key(0x00080008, 'CS', true),
    key(0x00200032, 'DS', true),
    key(0x00200037, 'DS', true),
    key(0x00200052, 'UI'),
    key(0x00280008, 'IS'),
    key(0x00280010, 'US'),
    key(0x00280011, 'US'),
  ],
}

const extendedKeys = new Map(
  Object.entries(more).map(([type, added]) => [type, [...keys[type as RecordType], ...added]] as const),
)

/** The keys of a record, with `extended` more than PS3.3 F.5 asks for. */
export const keysOf = (type: RecordType, extended: boolean): readonly RecordKey[] =>
  (extended ? extendedKeys.get(type) : undefined) ?? keys[type]

/** Days on which a study may have taken place where it does not say so itself, each with its time. */
export const studyMoments: readonly (readonly [date: RecordKey, time: RecordKey])[] = [
  [studyDate, studyTime],
  [key(0x00080021, 'DA'), key(0x00080031, 'TM')],
  [key(0x00080022, 'DA'), key(0x00080032, 'TM')],
  [key(contentDate, 'DA'), key(contentTime, 'TM')],
]

/** Root elements that keys are made of, whatever the record. */
export const allKeyTags: readonly Tag[] = [
  ...Object.values(keys).flat(),
  ...Object.values(more).flat(),
  ...studyMoments.flat(),
].map(({ tag, within }) => within ?? tag)
