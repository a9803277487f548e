import { DomainError } from './domain-error.ts'

/**
 * The bytes from `start` up to `end` of a stream that cannot be read from the middle; of it no more is read than that.
 * Errors: `CorruptedFile` when it ends too early, and those of the stream.
 */
export async function* sliceStream(
  source: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  if (start >= end) return
  let position = 0
  for await (const chunk of source) {
    const part = chunk.subarray(Math.max(0, start - position), end - position)
    position += chunk.length
    if (part.length > 0) yield part
    if (position >= end) return
  }
  throw new DomainError('CorruptedFile', 'A file ends too early')
}
