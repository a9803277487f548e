import { absent, effective, inapplicable, planned } from '../option.ts'
import { dictionaryEntry } from '../structured-types.ts'
import { boolean, integer, listOf, mapOf, oneOf, path, text } from '../value-type.ts'

/** Names of character sets in the configuration, with their defined terms (PS3.3 C.12.1.1.2). */
export const encodings = {
  Ascii: 'ISO_IR 6',
  Utf8: 'ISO_IR 192',
  Latin1: 'ISO_IR 100',
  Latin2: 'ISO_IR 101',
  Latin3: 'ISO_IR 109',
  Latin4: 'ISO_IR 110',
  Latin5: 'ISO_IR 148',
  Cyrillic: 'ISO_IR 144',
  Windows1251: 'Windows-1251',
  Arabic: 'ISO_IR 127',
  Greek: 'ISO_IR 126',
  Hebrew: 'ISO_IR 138',
  Thai: 'ISO_IR 166',
  Japanese: 'ISO_IR 13',
  JapaneseKanji: 'ISO 2022 IR 87',
  Chinese: 'GB18030',
  SimplifiedChinese: 'ISO 2022 IR 58',
  Korean: 'ISO 2022 IR 149',
} as const

export type EncodingName = keyof typeof encodings

const encodingNames = Object.keys(encodings) as EncodingName[]

export const dictionaryOptions = {
  DefaultEncoding: effective(
    oneOf(...encodingNames),
    'Latin1',
    'Character set of instances that do not name theirs.',
  ),
  DefaultPrivateCreator: planned(text, '', 'Private creator of private tags that are given without one.'),
  LoadPrivateDictionary: planned(boolean, true, 'Whether well-known private tags have names.'),
  Dictionary: effective(
    mapOf(dictionaryEntry),
    {},
    'Tags of your own: "gggg,eeee" to [VR, name, least and most multiplicity, private creator].',
  ),
  ExternalDictionaries: planned(
    listOf(path),
    [],
    'Dictionaries (in the format of DCMTK) that replace the built-in one.',
  ),
  Locale: absent(inapplicable, text, 'Locale for upper and lower case.'),
}

const memoryMegabytes = (byDefault: number, what: string) =>
  inapplicable(integer(), byDefault, `Megabytes of memory for ${what}.`)
const threads = (byDefault: number, what: string) =>
  inapplicable(integer(), byDefault, `Threads that ${what}.`)

/** Tuning of thread pools and caches that Orthanc 1.13 has. */
export const poolOptions = {
  StorageLoaderThreadsCount: threads(4, 'read files'),
  StorageMemoryCapacity: memoryMegabytes(512, 'files being read'),
  DicomParserThreadsCount: threads(2, 'parse files'),
  DicomParserMemoryCapacity: memoryMegabytes(256, 'files being parsed'),
  DicomParserCacheSize: memoryMegabytes(256, 'parsed files'),
  TranscoderThreadsCount: threads(4, 'transcode'),
  TranscoderMemoryCapacity: memoryMegabytes(256, 'files being transcoded'),
  TranscoderCacheSize: memoryMegabytes(256, 'transcoded files'),
  SequentialDicomReaderThreadsCount: threads(4, 'read ahead'),
  SequentialDicomReaderWindowSize: inapplicable(integer(), 4, 'Instances read ahead.'),
  SequentialDicomReaderWindowCapacity: memoryMegabytes(128, 'instances read ahead'),
}
