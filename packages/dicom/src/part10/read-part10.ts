import { Inflater } from '../deflate/inflater.ts'
import { resolveReadOptions } from '../encoding/read-options.ts'
import { DicomError } from '../errors.ts'
import type { ReadLimits } from '../limits.ts'
import { inflatedTooLong, type Part10File, Part10Reader, type Part10ReadOptions } from './part10-reader.ts'

/**
 * Reads a DICOM file from a stream, as far as the options want; the source is closed when that is reached.
 * A deflated data set is inflated on the way: its offsets count bytes of `inflatedStream(source)`.
 * Throws DicomError.
 */
export async function readPart10(
  source: AsyncIterable<Uint8Array>,
  options: Part10ReadOptions = {},
): Promise<Part10File> {
  const reader = new Part10Reader(options)
  for await (const piece of source) {
    reader.push(piece)
    if (reader.done) break
  }
  return reader.end()
}

/**
 * The stream with a deflated data set inflated (PS3.5 A.5): file meta information as it is, then the data set.
 * Other files pass unchanged. Throws DicomError `NotDicom`, `BadDeflate` or `InflatedTooLong`.
 */
export async function* inflatedStream(
  source: AsyncIterable<Uint8Array>,
  options: Pick<Part10ReadOptions, 'limits'> = {},
): AsyncGenerator<Uint8Array> {
  const { limits } = resolveReadOptions(options)
  const prologue = new Prologue(limits)
  let inflate: ((piece: Uint8Array) => Iterable<Uint8Array>) | undefined
  for await (const piece of source) {
    if (inflate !== undefined) {
      yield* inflate(piece)
      continue
    }
    const body = prologue.add(piece)
    if (body === undefined) continue
    const bytes = prologue.take()
    yield bytes.subarray(0, body.offset)
    inflate = body.deflated ? inflateWithin(limits) : (each) => [each]
    yield* inflate(bytes.subarray(body.offset))
  }
  if (inflate === undefined) yield prologue.take()
}

/** The bytes up to the data set, gathered until it is known where that begins. */
class Prologue {
  readonly #reader: Part10Reader
  readonly #limit: number
  readonly #pieces: Uint8Array[] = []
  #length = 0

  constructor(limits: ReadLimits) {
    this.#limit = limits.maxHeaderBytes
    this.#reader = new Part10Reader({ limits, untilDataSet: true })
  }

  /** Says where the data set begins, once it is there. */
  add(piece: Uint8Array): Part10Reader['body'] {
    this.#length += piece.length
    this.#pieces.push(piece)
    this.#reader.push(piece)
    const { body } = this.#reader
    if (body === undefined && this.#length > this.#limit) {
      throw new DicomError('HeaderTooLong', 'The file meta information is too long', this.#length)
    }
    return body
  }

  take(): Uint8Array {
    const bytes = new Uint8Array(this.#length)
    let at = 0
    for (const piece of this.#pieces) {
      bytes.set(piece, at)
      at += piece.length
    }
    return bytes
  }
}

function inflateWithin(limits: ReadLimits): (piece: Uint8Array) => Generator<Uint8Array> {
  const inflater = new Inflater()
  let total = 0
  return function* inflate(piece) {
    for (const inflated of inflater.push(piece)) {
      total += inflated.length
      if (total > limits.maxInflatedBytes) throw inflatedTooLong(limits)
      yield inflated
    }
  }
}
