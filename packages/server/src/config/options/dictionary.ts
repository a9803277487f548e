import { encodingNames } from '../../model/encodings.ts'
import { absent, effective, inapplicable, planned } from '../option.ts'
import { dictionaryEntry } from '../structured-types.ts'
import { boolean, integer, listOf, mapOf, oneOf, path, text } from '../value-type.ts'

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
