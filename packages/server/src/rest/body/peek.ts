export interface Peeked {
  /** The first bytes: as many as asked for, or fewer if there are no more. */
  readonly head: Uint8Array
  /** All bytes, those of `head` again included. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** Looks at the first bytes of a stream. */
export async function peek(source: AsyncIterable<Uint8Array>, count: number): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let size = 0
  while (size < count) {
    const { value, done } = await iterator.next()
    if (done === true) break
    chunks.push(value)
    size += value.length
  }
  const [only] = chunks
  const head = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
  return { head: head.subarray(0, count), bytes: new Replay(chunks, iterator) }
}

/** Gives the chunks again, then what follows them. */
class Replay implements AsyncIterableIterator<Uint8Array> {
  readonly #chunks: Uint8Array[]
  readonly #rest: AsyncIterator<Uint8Array>

  constructor(chunks: Uint8Array[], rest: AsyncIterator<Uint8Array>) {
    this.#chunks = chunks
    this.#rest = rest
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const value = this.#chunks.shift()
    return value === undefined ? this.#rest.next() : Promise.resolve({ done: false, value })
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#rest.return?.()
    return { done: true, value: undefined }
  }
}
