import type { CodedSet } from './coded-set.ts'
import * as multiByte from './multi-byte-sets.ts'
import * as singleByte from './single-byte-sets.ts'

/** A value of Specific Character Set (0008,0005), and what it stands for (PS3.3 C.12.1.1.2). */
export interface DefinedTerm {
  readonly term: string
  readonly description: string
  /** Of PS3.3; undefined for encodings that DICOM does not know but that are met. */
  readonly table: 'C.12-2' | 'C.12-3' | 'C.12-4' | 'C.12-5' | undefined
  readonly g0?: CodedSet
  readonly g1?: CodedSet
  /** WHATWG label of an encoding that stands alone, without ISO 2022. */
  readonly label?: string
}

const singleByteSets = [
  [6, 'Default repertoire', singleByte.isoIr6, undefined],
  [100, 'Latin alphabet No. 1', singleByte.isoIr6, singleByte.isoIr100],
  [101, 'Latin alphabet No. 2', singleByte.isoIr6, singleByte.isoIr101],
  [109, 'Latin alphabet No. 3', singleByte.isoIr6, singleByte.isoIr109],
  [110, 'Latin alphabet No. 4', singleByte.isoIr6, singleByte.isoIr110],
  [144, 'Cyrillic', singleByte.isoIr6, singleByte.isoIr144],
  [127, 'Arabic', singleByte.isoIr6, singleByte.isoIr127],
  [126, 'Greek', singleByte.isoIr6, singleByte.isoIr126],
  [138, 'Hebrew', singleByte.isoIr6, singleByte.isoIr138],
  [148, 'Latin alphabet No. 5', singleByte.isoIr6, singleByte.isoIr148],
  [203, 'Latin alphabet No. 9', singleByte.isoIr6, singleByte.isoIr203],
  [13, 'Japanese', singleByte.isoIr14, singleByte.isoIr13],
  [166, 'Thai', singleByte.isoIr6, singleByte.isoIr166],
] as const

/** PS3.3 Table C.12-2, and ISO_IR 6, which it leaves to the empty value. */
const withoutExtensions: readonly DefinedTerm[] = singleByteSets.map(([number, description, g0, g1]) => ({
  term: `ISO_IR ${number}`,
  description,
  table: 'C.12-2',
  g0,
  ...(g1 && { g1 }),
}))

/** PS3.3 Table C.12-3. */
const withExtensions: readonly DefinedTerm[] = singleByteSets.map(([number, description, g0, g1]) => ({
  term: `ISO 2022 IR ${number}`,
  description,
  table: 'C.12-3',
  g0,
  ...(g1 && { g1 }),
}))

/** PS3.3 Table C.12-4. */
const multiByteTerms: readonly DefinedTerm[] = [
  { term: 'ISO 2022 IR 87', description: 'Japanese (JIS X 0208)', table: 'C.12-4', g0: multiByte.isoIr87 },
  { term: 'ISO 2022 IR 159', description: 'Japanese (JIS X 0212)', table: 'C.12-4', g0: multiByte.isoIr159 },
  { term: 'ISO 2022 IR 149', description: 'Korean (KS X 1001)', table: 'C.12-4', g1: multiByte.isoIr149 },
  {
    term: 'ISO 2022 IR 58',
    description: 'Simplified Chinese (GB 2312)',
    table: 'C.12-4',
    g1: multiByte.isoIr58,
  },
]

/** PS3.3 Table C.12-5. */
const standingAlone: readonly DefinedTerm[] = [
  { term: 'ISO_IR 192', description: 'Unicode in UTF-8', table: 'C.12-5', label: 'utf-8' },
  { term: 'GB18030', description: 'GB 18030', table: 'C.12-5', label: 'gb18030' },
  { term: 'GBK', description: 'GBK', table: 'C.12-5', label: 'gbk' },
]

/** Encodings of Windows that files are written in though DICOM has no term for them. */
const foreign: readonly DefinedTerm[] = ['1250', '1251', '1252', '1253', '1254', '1255', '1256', '1257'].map(
  (page) => ({
    term: `windows-${page}`,
    description: `Windows code page ${page}`,
    table: undefined,
    label: `windows-${page}`,
  }),
)

/** Every term that is understood, as the standard spells it. */
export const definedTerms: readonly DefinedTerm[] = [
  ...withoutExtensions,
  ...withExtensions,
  ...multiByteTerms,
  ...standingAlone,
  ...foreign,
]

/** Names other than spelling variants: those of the encodings, and of Orthanc's option DefaultEncoding. */
const aliases: Readonly<Record<string, string>> = {
  'ISO_IR 87': 'ISO 2022 IR 87',
  'ISO_IR 159': 'ISO 2022 IR 159',
  'ISO_IR 149': 'ISO 2022 IR 149',
  'ISO_IR 58': 'ISO 2022 IR 58',
  'ISO 2022 IR 192': 'ISO_IR 192',
  'ISO 2022 GBK': 'GBK',
  'ISO 2022 GB18030': 'GB18030',
  'ISO 2022 58': 'ISO 2022 IR 58',
  ASCII: 'ISO_IR 6',
  'US-ASCII': 'ISO_IR 6',
  'UTF-8': 'ISO_IR 192',
  Unicode: 'ISO_IR 192',
  Latin1: 'ISO_IR 100',
  Latin2: 'ISO_IR 101',
  Latin3: 'ISO_IR 109',
  Latin4: 'ISO_IR 110',
  Latin5: 'ISO_IR 148',
  Latin9: 'ISO_IR 203',
  Cyrillic: 'ISO_IR 144',
  Arabic: 'ISO_IR 127',
  Greek: 'ISO_IR 126',
  Hebrew: 'ISO_IR 138',
  Thai: 'ISO_IR 166',
  'TIS-620': 'ISO_IR 166',
  Japanese: 'ISO_IR 13',
  'Shift-JIS': 'ISO_IR 13',
  JapaneseKanji: 'ISO 2022 IR 87',
  Korean: 'ISO 2022 IR 149',
  'EUC-KR': 'ISO 2022 IR 149',
  SimplifiedChinese: 'ISO 2022 IR 58',
  GB2312: 'ISO 2022 IR 58',
  Chinese: 'GB18030',
  'ISO 8859-1': 'ISO_IR 100',
  'ISO 8859-2': 'ISO_IR 101',
  'ISO 8859-3': 'ISO_IR 109',
  'ISO 8859-4': 'ISO_IR 110',
  'ISO 8859-5': 'ISO_IR 144',
  'ISO 8859-6': 'ISO_IR 127',
  'ISO 8859-7': 'ISO_IR 126',
  'ISO 8859-8': 'ISO_IR 138',
  'ISO 8859-9': 'ISO_IR 148',
  'ISO 8859-11': 'ISO_IR 166',
  'ISO 8859-15': 'ISO_IR 203',
}

const essence = (term: string): string => term.toUpperCase().replace(/[^A-Z0-9]/g, '')

const exactTerms: ReadonlyMap<string, DefinedTerm> = new Map(definedTerms.map((row) => [row.term, row]))

const tolerated: ReadonlyMap<string, DefinedTerm> = new Map(
  [
    ...Object.entries(aliases).map(([name, term]) => [essence(name), exactTerms.get(term)] as const),
    ...definedTerms.map((row) => [essence(row.term), row] as const),
  ].flatMap(([name, row]) => (row === undefined ? [] : [[name, row]])),
)

/** The term as spelled in the standard, else by its letters and digits alone: `ISO-IR_100`, `UTF-8`, `latin1`, … */
export function findTerm(text: string): { readonly row: DefinedTerm; readonly exact: boolean } | undefined {
  const row = exactTerms.get(text)
  if (row !== undefined) return { row, exact: row.table !== undefined }
  const similar = tolerated.get(essence(text))
  return similar && { row: similar, exact: false }
}
