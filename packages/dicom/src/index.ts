export { type CharacterSet, resolveCharacterSet } from './character-set/character-set.ts'
export { type EncodedText, encodeText } from './character-set/encode-text.ts'
export { DataSet, type Encoding, type ItemPosition } from './data-set/data-set.ts'
export { type ByteRange, type Element, undefinedLength, type Value } from './data-set/element.ts'
export {
  type ElementPath,
  findByPath,
  findItem,
  formatPath,
  type ItemStep,
} from './data-set/path.ts'
export { privateCreatorOf } from './data-set/private-creator.ts'
export { Dictionary, type NewEntry, standardDictionary } from './dictionary/dictionary.ts'
export type { DictionaryEntry } from './dictionary/entry.ts'
export { isStorageSopClass, type SopClass, storageSopClasses, uidName } from './dictionary/uids.ts'
export { buildDataSet, type NewElement, type NewValue, newElement } from './encoding/build-data-set.ts'
export { dataSetParts } from './encoding/data-set-writer.ts'
export type { ElementHeader } from './encoding/frame.ts'
export type { OutputPart, SourceRange } from './encoding/output.ts'
export { readDataSet } from './encoding/read-data-set.ts'
export type { ReadOptions } from './encoding/read-options.ts'
export { encodeDataSet, encodedLength, writeDataSet } from './encoding/write-data-set.ts'
export { DicomError, type DicomErrorCode } from './errors.ts'
export { type DicomJsonOptions, toDicomJson } from './json/dicom-json.ts'
export type { JsonOptions } from './json/json-options.ts'
export type { JsonMember, JsonObject, JsonValue } from './json/json-value.ts'
export { fullMembers, shortMembers, toFullJson, toShortJson, toSimplifiedJson } from './json/tag-formats.ts'
export { defaultReadLimits, type ReadLimits } from './limits.ts'
export {
  buildDicomdir,
  Dicomdir,
  type DicomdirOptions,
  type MediaInstance,
} from './media/dicomdir.ts'
export {
  type MediaFile,
  type MediaKeyOptions,
  type MediaKeys,
  mediaKeysOf,
  mediaKeyTags,
} from './media/media-keys.ts'
export {
  encodeFileMeta,
  type FileMeta,
  implementationClassUid,
  implementationVersionName,
} from './part10/encode-file-meta.ts'
export { type Part10File, Part10Reader, type Part10ReadOptions } from './part10/part10-reader.ts'
export { inflatedStream, readPart10 } from './part10/read-part10.ts'
export * from './tag.ts'
export {
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  type TransferSyntax,
  transferSyntax,
  transferSyntaxes,
} from './transfer-syntax/transfer-syntax.ts'
export { isUid, newUid, uidOfUuid } from './uid.ts'
export type { BulkDataOptions, ElementLocation } from './values/bulk-data.ts'
export { formatPersonName, type PersonName, parsePersonName } from './values/person-name.ts'
export { textOf, textValues } from './values/text-of.ts'
export { isVr, type Vr, vrs } from './vr.ts'
export { type Warning, type WarningCode, warningCodes } from './warnings.ts'
export { type NativeXmlOptions, toNativeXml } from './xml/native-xml.ts'
