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
  return { head: Buffer.concat(chunks).subarray(0, count), bytes: replay(chunks, iterator) }
}

/** Gives the chunks again, then what follows them. */
function replay(chunks: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncIterableIterator<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      const value = chunks.shift()
      return value === undefined ? rest.next() : Promise.resolve({ done: false, value })
    },
    async return() {
      await rest.return?.()
      return { done: true, value: undefined }
    },
  }
}
