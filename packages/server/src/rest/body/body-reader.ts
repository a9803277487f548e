import type { Readable } from 'node:stream'
import { DomainError } from '../../model/domain-error.ts'

const done = { done: true, value: undefined } as const

/** Bytes that wait for the reader before the client is made to wait. */
const maximumQueued = 256 * 1024

interface Waiter {
  resolve(result: IteratorResult<Uint8Array, undefined>): void
  reject(error: unknown): void
}

/**
 * The bytes of a request as they come, for one reader. Node's own iterator over a request does the same for several
 * times the processor time, and bodies come in many chunks. Errors: what `check` throws, which is called with the
 * number of bytes so far; `NetworkProtocol` for a client that goes away.
 */
export class BodyReader implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array, undefined> {
  readonly #request: Readable
  readonly #check: (size: number) => void
  readonly #left: () => void
  #queue: Uint8Array[] = []
  #queued = 0
  #size = 0
  #state: 'open' | 'ended' | 'failed' | 'left' = 'open'
  #error: unknown
  #waiter: Waiter | undefined

  /** `left` is called when nothing more will be read. */
  constructor(request: Readable, check: (size: number) => void, left: () => void) {
    this.#request = request
    this.#check = check
    this.#left = left
    request.on('data', this.#onData)
    request.on('end', this.#onEnd)
    request.on('error', this.#onError)
    request.on('close', this.#onError)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const value = this.#queue.shift()
    if (value !== undefined) {
      this.#queued -= value.length
      if (this.#queued === 0 && this.#state === 'open') this.#request.resume()
      return Promise.resolve({ done: false, value })
    }
    if (this.#state === 'failed') return Promise.reject(this.#error)
    if (this.#state !== 'open') return Promise.resolve(done)
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
    })
  }

  /** Leaves the rest unread, and the connection open: the answer still has to go out on it. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#state === 'open') this.#request.pause()
    this.#finish('left')
    return Promise.resolve(done)
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#size += chunk.length
    try {
      this.#check(this.#size)
    } catch (error) {
      this.#request.pause()
      this.#fail(error)
      return
    }
    const waiter = this.#waiter
    if (waiter !== undefined) {
      this.#waiter = undefined
      waiter.resolve({ done: false, value: chunk })
      return
    }
    this.#queue.push(chunk)
    this.#queued += chunk.length
    if (this.#queued >= maximumQueued) this.#request.pause()
  }

  readonly #onEnd = (): void => {
    this.#finish('ended')
    this.#waiter?.resolve(done)
  }

  readonly #onError = (cause?: unknown): void => {
    this.#fail(new DomainError('NetworkProtocol', 'The request was cut off', { cause }))
  }

  #fail(error: unknown): void {
    this.#queue = []
    this.#error = error
    this.#finish('failed')
    this.#waiter?.reject(error)
  }

  #finish(state: 'ended' | 'failed' | 'left'): void {
    if (this.#state !== 'open') return
    this.#state = state
    this.#request.off('data', this.#onData)
    this.#request.off('end', this.#onEnd)
    this.#request.off('close', this.#onError)
    this.#left()
  }
}
