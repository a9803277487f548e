import { buildDataSet } from '../encoding/build-data-set.ts'
import { sequenceDelimiter } from '../encoding/structure-tags.ts'
import { encodeDataSet } from '../encoding/write-data-set.ts'
import { DicomError } from '../errors.ts'
import { encodeFileMeta } from '../part10/encode-file-meta.ts'
import { explicitVrLittleEndian } from '../transfer-syntax/transfer-syntax.ts'
import { newUid } from '../uid.ts'
import { directoryEncoding, encodeRecord, lowerOffsetAt, nextOffsetAt } from './directory-record.ts'
import type { MediaKeys } from './media-keys.ts'
import { type DicomdirLimits, defaultDicomdirLimits } from './media-limits.ts'
import { RecordBlocks } from './record-blocks.ts'
import { patientId, seriesInstanceUid, studyInstanceUid } from './record-keys.ts'
import { isRootType, type RecordType } from './record-type.ts'

export interface DicomdirOptions {
  /** File-set ID: at most 16 characters of A-Z, 0-9, space and underscore, or empty. */
  readonly fileSetId: string
  /** When the file-set is made: the date of studies that have none. */
  readonly now: Date
  /** As it was for the keys. Default false. */
  readonly extended?: boolean
  /** SOP Instance UID of the DICOMDIR. Default: a new one. */
  readonly sopInstanceUid?: string
  readonly limits?: Partial<DicomdirLimits>
}

/** One file of the file-set: the components of its File ID, as `IMAGES`, `IM0`, and the keys of what is in it. */
export interface MediaInstance {
  readonly fileId: readonly string[]
  readonly keys: MediaKeys
}

/** The records that hang together below one record, or below none. */
interface Entity {
  /** The record above; undefined for the root. */
  readonly owner: Uint8Array | undefined
  readonly below: Map<string, Entity>
  /** The record that the next one is to be linked to. */
  last: Uint8Array | undefined
  count: number
}

const newEntity = (owner: Uint8Array | undefined): Entity => ({
  owner,
  below: new Map(),
  last: undefined,
  count: 0,
})

const mediaStorageDirectory = '1.2.840.10008.1.3.10'

/**
 * Makes a DICOMDIR (PS3.10 8.6, PS3.3 Annex F) from instances in any order. A record is encoded as soon as its
 * instance comes, and linked to the one before it in place: what is kept is the file itself, the UIDs of its
 * instances, and a little for each series.
 */
export class Dicomdir {
  readonly #options: DicomdirOptions
  readonly #sopInstanceUid: string
  readonly #now: { readonly date: string; readonly time: string }
  readonly #blocks: RecordBlocks
  readonly #root = newEntity(undefined)
  readonly #instances = new Set<string>()
  /** Of the first record. */
  readonly #firstOffset: number
  #lastRootOffset = 0

  constructor(options: DicomdirOptions) {
    this.#options = options
    this.#sopInstanceUid = options.sopInstanceUid ?? newUid()
    const digits = options.now.toISOString().replaceAll(/[-:]/g, '')
    this.#now = { date: digits.slice(0, 8), time: digits.slice(9, 15) }
    this.#firstOffset = this.#head(0, 0).length
    const limits = { ...defaultDicomdirLimits, ...options.limits }
    this.#blocks = new RecordBlocks(this.#firstOffset, limits.maxBytes - tailLength)
  }

  /** Of the whole file, in bytes. */
  get size(): number {
    return this.#blocks.end + tailLength
  }

  /**
   * Makes a record, and those above it that are not there yet. An instance has one record: a second file
   * with the same SOP Instance UID gets none. Throws DicomError `NotEncodable` beyond the limits.
   */
  add({ fileId, keys }: MediaInstance): 'Added' | 'Duplicate' {
    if (this.#instances.has(keys.sopInstanceUid)) return 'Duplicate'
    checkFileId(fileId)
    const parent = isRootType(keys.type) ? this.#root : this.#series(keys)
    this.#append(parent, keys.type, keys, fileId)
    this.#instances.add(keys.sopInstanceUid)
    return 'Added'
  }

  /** The file in pieces; nothing may be added while they are taken. */
  *finish(): Generator<Uint8Array> {
    const isEmpty = this.#root.count === 0
    yield this.#head(isEmpty ? 0 : this.#firstOffset, this.#lastRootOffset)
    yield* this.#blocks.pieces()
    yield tail()
  }

  #series(keys: MediaKeys): Entity {
    const { values } = keys
    const text = (name: string): string => String(values[name] ?? '')
    const study = text(studyInstanceUid.name)
    const id = text(patientId.name)
    // Nothing says that two studies without a Patient ID are of the same person.
    const patientEntity = this.#descend(
      this.#root,
      'PATIENT',
      id === '' ? `study ${study}` : `id ${id}`,
      keys,
    )
    const studyEntity = this.#descend(patientEntity, 'STUDY', study, keys)
    return this.#descend(studyEntity, 'SERIES', text(seriesInstanceUid.name), keys)
  }

  #descend(parent: Entity, type: RecordType, id: string, keys: MediaKeys): Entity {
    const known = parent.below.get(id)
    if (known !== undefined) return known
    const entity = newEntity(this.#append(parent, type, keys))
    parent.below.set(id, entity)
    return entity
  }

  #append(parent: Entity, type: RecordType, keys: MediaKeys, fileId?: readonly string[]): Uint8Array {
    const { values, characterSet } = keys
    const encoded = encodeRecord({
      type,
      place: { position: parent.count + 1, values, now: this.#now },
      characterSet,
      extended: this.#options.extended ?? false,
      ...(fileId === undefined ? {} : { file: { id: fileId, keys } }),
    })
    const { offset, record } = this.#blocks.append(encoded)
    if (parent.last !== undefined) setOffset(parent.last, nextOffsetAt, offset)
    else if (parent.owner !== undefined) setOffset(parent.owner, lowerOffsetAt, offset)
    if (parent === this.#root) this.#lastRootOffset = offset
    parent.last = record
    parent.count++
    return record
  }

  /** Up to the first record: its length does not depend on the offsets. */
  #head(firstOffset: number, lastOffset: number): Uint8Array {
    const meta = encodeFileMeta({
      sopClassUid: mediaStorageDirectory,
      sopInstanceUid: this.#sopInstanceUid,
      transferSyntaxUid: explicitVrLittleEndian,
    })
    const fixed = buildDataSet(directoryEncoding, [
      [0x00041130, 'CS', this.#options.fileSetId],
      [0x00041200, 'UL', firstOffset],
      [0x00041202, 'UL', lastOffset],
      [0x00041212, 'US', 0],
    ])
    return joined([meta, encodeDataSet(fixed, directoryEncoding), sequenceHeader])
  }
}

/** All of it, from instances that come as they may. Throws DicomError `NotEncodable`. */
export async function* buildDicomdir(
  instances: AsyncIterable<MediaInstance> | Iterable<MediaInstance>,
  options: DicomdirOptions,
): AsyncGenerator<Uint8Array> {
  const dicomdir = new Dicomdir(options)
  for await (const instance of instances) dicomdir.add(instance)
  yield* dicomdir.finish()
}

/** PS3.10 8.2, 8.5: one to eight components, each of one to eight characters that CS may have, without spaces. */
function checkFileId(fileId: readonly string[]): void {
  const isGood =
    fileId.length > 0 && fileId.length <= 8 && fileId.every((part) => /^[A-Z0-9_]{1,8}$/.test(part))
  if (!isGood) throw new DicomError('NotEncodable', `Not a File ID: ${fileId.join('\\')}`)
}

function setOffset(record: Uint8Array, at: number, offset: number): void {
  new DataView(record.buffer, record.byteOffset, record.length).setUint32(at, offset, true)
}

/** Directory Record Sequence, of undefined length. */
const sequenceHeader = new Uint8Array([0x04, 0x00, 0x20, 0x12, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff])

const tailLength = 8

function tail(): Uint8Array {
  const bytes = new Uint8Array(tailLength)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, sequenceDelimiter >>> 16, true)
  view.setUint16(2, sequenceDelimiter & 0xffff, true)
  return bytes
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
