import { constants, createDeflateRaw, type DeflateRaw, type ZlibOptions } from 'node:zlib'

/** A way to deflate; they differ in speed several times over. */
export type Way = Pick<ZlibOptions, 'level' | 'strategy' | 'memLevel'>

/** Memory for results: that of two pieces or so. */
const resultBytes = 1024 * 1024

/** More than the result of any piece, so that it is there at once. */
const heldBytes = 16 * 1024 * 1024

/**
 * Deflates pieces in one way. Streams of zlib are used again, because a new one for each piece would be memory for V8
 * to look after, which takes longer than some of the pieces do.
 */
export class DeflateStreams {
  readonly #way: Way
  readonly #idle: DeflateRaw[] = []

  constructor(way: Way) {
    this.#way = way
  }

  /** A stretch of a deflate stream that ends at a byte and refers to nothing before it. */
  async deflate(piece: Uint8Array): Promise<Uint8Array> {
    const stream = this.#idle.pop() ?? this.#open()
    const packed = await pass(stream, piece)
    stream.reset()
    this.#idle.push(stream)
    return packed
  }

  #open(): DeflateRaw {
    const options = { ...this.#way, chunkSize: resultBytes, flush: constants.Z_SYNC_FLUSH }
    return createDeflateRaw({ ...options, readableHighWaterMark: heldBytes } as ZlibOptions)
  }
}

function pass(stream: DeflateRaw, piece: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // Tells what failed, before the callback does.
    stream.once('error', reject)
    stream.write(piece, (error) => {
      stream.off('error', reject)
      if (error) reject(error)
      else resolve((stream.read() as Buffer | null) ?? Buffer.alloc(0))
    })
  })
}
