import {
  type ByteRange,
  type Dictionary,
  type Encoding,
  type Part10File,
  readPart10,
  writeDataSet,
} from '@kingsfoil/dicom'
import { limits } from '../model/limits.ts'
import type { InstanceSource } from './instance-source.ts'
import { remoteLimits } from './remote-limits.ts'

/**
 * The data set of a file in another encoding, as a stream; long values are read again when it is their turn.
 * Throws DicomError if the file cannot be read to its end, or its data set not be encoded so.
 */
export async function encodeAnew(
  source: InstanceSource,
  encoding: Encoding,
  dictionary: Dictionary,
): Promise<AsyncIterable<Uint8Array>> {
  const file = await readPart10(source.read(), {
    dictionary,
    limits: { maxHeaderBytes: limits.headerBytes, maxValueBytes: remoteLimits.heldValueBytes },
  })
  return writeDataSet(file.dataSet, encoding, readerOf(source, file))
}

function readerOf(source: InstanceSource, file: Part10File): (range: ByteRange) => AsyncIterable<Uint8Array> {
  if (!file.deflated) {
    return ({ offset, length }) => source.read({ start: offset, end: offset + length })
  }
  const forward = new ForwardReader(() => source.readInflated())
  return (range) => forward.read(range)
}

/** Reads ranges of a stream that has no random access: in one go as long as each begins behind the one before. */
class ForwardReader {
  readonly #open: () => AsyncIterable<Uint8Array>
  #pieces: AsyncIterator<Uint8Array> | undefined
  /** What was read and not given, and where in the stream it begins. */
  #rest: Uint8Array = new Uint8Array(0)
  #position = 0

  constructor(open: () => AsyncIterable<Uint8Array>) {
    this.#open = open
  }

  async *read({ offset, length }: ByteRange): AsyncGenerator<Uint8Array> {
    if (this.#pieces === undefined || offset < this.#position) await this.#restart()
    const end = offset + length
    while (this.#position < end) {
      if (this.#rest.length === 0 && !(await this.#next())) return
      const skipped = Math.min(Math.max(offset - this.#position, 0), this.#rest.length)
      const taken = this.#rest.subarray(skipped, end - this.#position)
      this.#position += skipped + taken.length
      this.#rest = this.#rest.subarray(skipped + taken.length)
      if (taken.length > 0) yield taken
    }
  }

  async #restart(): Promise<void> {
    await this.#pieces?.return?.()
    this.#pieces = this.#open()[Symbol.asyncIterator]()
    this.#rest = new Uint8Array(0)
    this.#position = 0
  }

  async #next(): Promise<boolean> {
    const { done, value } = (await this.#pieces?.next()) ?? { done: true, value: undefined }
    if (done === true) return false
    this.#rest = value
    return true
  }
}
