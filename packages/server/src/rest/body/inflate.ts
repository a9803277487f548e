import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DomainError } from '../../model/domain-error.ts'

const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')

/**
 * Inflates a gzip stream. Errors: `RequestTooLarge` beyond `maximumBytes` (0 = none) of inflated bytes,
 * `BadFileFormat`, and those of the source.
 */
export async function* gunzip(
  source: AsyncIterable<Uint8Array>,
  maximumBytes: number,
): AsyncGenerator<Uint8Array> {
  const stream = createGunzip()
  let failure: unknown
  // A failure reaches the reader through the stream itself; this one names its cause.
  pipeline(source, stream, (error) => {
    failure = error
  })
  let size = 0
  try {
    for await (const chunk of stream) {
      size += (chunk as Uint8Array).length
      if (maximumBytes > 0 && size > maximumBytes) throw new DomainError('RequestTooLarge')
      yield chunk as Uint8Array
    }
  } catch (error) {
    const cause = failure ?? error
    if (isZlibError(cause)) throw new DomainError('BadFileFormat', 'Invalid gzip data', { cause })
    throw error
  }
}
