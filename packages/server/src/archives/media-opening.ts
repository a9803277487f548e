import { DicomError, encodeFileMeta } from '@kingsfoil/dicom'
import type { MediaHeader } from './media-header.ts'
import { mediaLimits } from './media-limits.ts'

/** Preamble and `DICM` (PS3.10 7.1). */
const prefixBytes = 132

const isFile = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', 128, prefixBytes) === 'DICM'

/**
 * The beginning of a file on its way into a media set, all of whose files have a preamble and file meta information
 * (PS3.10 7.1). A file that is stored without is held back until it is known what these have to say. One that does
 * not tell within the limit, or at all, passes as it is.
 */
export class MediaOpening {
  readonly #header: MediaHeader
  readonly #heldBytes: number
  #held: Uint8Array[] | undefined = []
  #length = 0
  #growth = 0

  constructor(header: MediaHeader, heldBytes: number = mediaLimits.heldBytes) {
    this.#header = header
    this.#heldBytes = heldBytes
  }

  /** Bytes that the file has got more than it had. */
  get growth(): number {
    return this.#growth
  }

  /** Takes the next chunk, which the header has seen. */
  *pass(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    if (this.#length === 0 && chunk.length >= prefixBytes && isFile(chunk)) this.#held = undefined
    if (this.#held === undefined) {
      yield chunk
      return
    }
    const isKnown = this.#length >= prefixBytes
    // Its memory may be used again.
    this.#held.push(Uint8Array.from(chunk))
    this.#length += chunk.length
    if (this.#length < prefixBytes) return
    const isSettled = this.#header.isOver || this.#length > this.#heldBytes
    if (isSettled || (!isKnown && isFile(Buffer.concat(this.#held)))) yield* this.end()
  }

  /** What is still held, when the file is over and the header has been told so. */
  *end(): Generator<Uint8Array, void, undefined> {
    if (this.#held === undefined) return
    const bytes = Buffer.concat(this.#held)
    this.#held = undefined
    const meta = isFile(bytes) ? undefined : this.#fileMeta()
    if (meta === undefined) {
      yield bytes
      return
    }
    const { dataSetOffset } = this.#header
    this.#growth = meta.length - dataSetOffset
    yield meta
    yield bytes.subarray(dataSetOffset)
  }

  #fileMeta(): Uint8Array | undefined {
    const { keys } = this.#header
    if (keys === undefined) return undefined
    try {
      return encodeFileMeta(keys)
    } catch (error) {
      // A UID that no file meta information can name.
      if (error instanceof DicomError) return undefined
      throw error
    }
  }
}
