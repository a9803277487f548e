/** Told when a stream holds too much, and when it does not any more. */
export interface Congestion {
  congested(): void
  relieved(): void
}

interface Waiter {
  resolve(result: IteratorResult<Uint8Array, undefined>): void
  reject(error: unknown): void
}

// What a queued view costs besides its bytes, so that a flood of tiny fragments counts.
const viewCost = 256

/** Longest chunk that is made by joining queued pieces, in bytes. */
const maxJoinedLength = 256 * 1024

const done = { done: true, value: undefined } as const

/**
 * The bytes of a data set on their way from the association to one reader. What arrives in one turn of the event loop,
 * or while the reader is busy, is handed over joined. Pushed pieces belong to the stream, with the bytes between those
 * of the same buffer: it may move them together.
 */
export class DataSetStream implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array, undefined> {
  readonly #maxQueuedCost: number
  readonly #congestion: Congestion
  #pieces: Uint8Array[] = []
  #queuedCost = 0
  #isCongested = false
  #waiter: Waiter | undefined
  #state: 'open' | 'ended' | 'failed' | 'discarding' = 'open'
  #error: unknown
  #discardedLength = 0
  #isWaking = false
  #onFinished: (() => void) | undefined

  constructor(maxQueuedCost: number, congestion: Congestion) {
    this.#maxQueuedCost = maxQueuedCost
    this.#congestion = congestion
  }

  /** Bytes dropped because the reader had left. */
  get discardedLength(): number {
    return this.#discardedLength
  }

  push(bytes: Uint8Array): void {
    if (this.#state === 'discarding') {
      this.#discardedLength += bytes.length
      return
    }
    this.#pieces.push(bytes)
    this.#queuedCost += bytes.length + viewCost
    if (this.#queuedCost > this.#maxQueuedCost && !this.#isCongested) {
      this.#isCongested = true
      this.#congestion.congested()
    }
    this.#wakeSoon()
  }

  end(): void {
    if (this.#state !== 'open' && this.#state !== 'discarding') return
    this.#state = 'ended'
    this.#wakeSoon()
    this.#onFinished?.()
  }

  /** The reader gets what is queued no more, but `error`. */
  fail(error: unknown): void {
    if (this.#state !== 'open' && this.#state !== 'discarding') return
    this.#state = 'failed'
    this.#error = error
    this.#clear()
    this.#takeWaiter()?.reject(error)
    this.#onFinished?.()
  }

  /** The reader wants no more: what is queued and what comes is dropped. */
  discard(): void {
    if (this.#state === 'failed') return
    if (this.#state === 'open') this.#state = 'discarding'
    this.#clear()
    this.#takeWaiter()?.resolve(done)
  }

  /** Resolves when the last byte has come in, read or not, or the stream has failed. */
  async finished(): Promise<void> {
    if (this.#state === 'ended' || this.#state === 'failed') return
    await new Promise<void>((resolve) => {
      this.#onFinished = resolve
    })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#pieces.length > 0) return Promise.resolve({ done: false, value: this.#takePieces() })
    if (this.#state === 'failed') return Promise.reject(this.#error)
    if (this.#state !== 'open') return Promise.resolve(done)
    if (this.#waiter) return Promise.reject(new Error('a data set is read by one reader at a time'))
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
    })
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.discard()
    return Promise.resolve(done)
  }

  // More pieces of the same chunk follow within this turn.
  #wakeSoon(): void {
    if (!this.#waiter || this.#isWaking) return
    this.#isWaking = true
    queueMicrotask(() => {
      this.#isWaking = false
      const waiter = this.#takeWaiter()
      waiter?.resolve(this.#pieces.length > 0 ? { done: false, value: this.#takePieces() } : done)
    })
  }

  #takePieces(): Uint8Array {
    let count = 0
    let length = 0
    while (count < this.#pieces.length) {
      const next = this.#pieces[count]?.length ?? 0
      if (count > 0 && length + next > maxJoinedLength) break
      length += next
      count += 1
    }
    const taken = this.#pieces.splice(0, count)
    this.#queuedCost -= length + count * viewCost
    this.#relieve()
    return joined(taken, length)
  }

  #clear(): void {
    this.#pieces = []
    this.#queuedCost = 0
    this.#relieve()
  }

  #relieve(): void {
    if (!this.#isCongested || this.#queuedCost > this.#maxQueuedCost / 2) return
    this.#isCongested = false
    this.#congestion.relieved()
  }

  #takeWaiter(): Waiter | undefined {
    const waiter = this.#waiter
    this.#waiter = undefined
    return waiter
  }
}

/** Joins pieces: in place if they follow each other in one buffer, as those of one chunk do, else by copying. */
function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first, ...others] = pieces
  if (!first || !isInOrder(pieces)) return Buffer.concat(pieces, length)
  const whole = new Uint8Array(first.buffer, first.byteOffset, length)
  let end = first.length
  for (const piece of others) {
    whole.set(piece, end)
    end += piece.length
  }
  return whole
}

function isInOrder(pieces: readonly Uint8Array[]): boolean {
  let previous: Uint8Array | undefined
  for (const piece of pieces) {
    if (previous) {
      const end = previous.byteOffset + previous.length
      if (piece.buffer !== previous.buffer || piece.byteOffset < end) return false
    }
    previous = piece
  }
  return true
}
