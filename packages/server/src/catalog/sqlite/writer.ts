import { Worker } from 'node:worker_threads'
import { DomainError } from '../../model/domain-error.ts'
import { isFullDisk } from './full-disk.ts'
import type { WriteFailure, WriteInput, WriteName, WriteReply, WriteRequest, WriteResult } from './writes.ts'

/** Beside this file, whether it runs from source or bundled. */
const workerFile = import.meta.url.endsWith('.ts') ? './writer-worker.ts' : './writer-worker.js'

interface Waiting {
  resolve(result: unknown): void
  reject(error: unknown): void
}

/**
 * The way to the one thread that writes. Each promise settles after the transaction of its request is synced;
 * requests that arrive while another transaction runs share the next one.
 */
export class Writer {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #unsent: WriteRequest[] = []
  #lastId = 0
  #failure: unknown

  /** What `PRAGMA application_id` said at the start. */
  readonly wasSettled: boolean

  private constructor(worker: Worker, wasSettled: boolean) {
    this.#worker = worker
    this.wasSettled = wasSettled
    worker.on('message', (replies: readonly WriteReply[]) => {
      for (const reply of replies) this.#settle(reply)
    })
    worker.on('error', (error) => this.#fail(error))
    worker.on('exit', () => this.#fail(new Error('The catalog is closed')))
  }

  static async open(path: string): Promise<Writer> {
    const worker = new Worker(new URL(workerFile, import.meta.url), { workerData: path })
    const wasSettled = await new Promise<boolean>((resolve, reject) => {
      worker.once('error', reject)
      worker.once('message', (opened: { readonly isSettled: boolean }) => {
        worker.off('error', reject)
        resolve(opened.isSettled)
      })
    })
    return new Writer(worker, wasSettled)
  }

  run<Name extends WriteName>(name: Name, input: WriteInput<Name>): Promise<WriteResult<Name>> {
    if (this.#failure !== undefined) return Promise.reject(this.#unavailable())
    this.#lastId += 1
    const request: WriteRequest = { id: this.#lastId, name, input }
    this.#send(request)
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve: (result) => resolve(result as WriteResult<Name>), reject })
    })
  }

  /**
   * Requests of one turn of the event loop travel together: waking a thread costs more than a request. One that comes
   * while the thread has nothing to do goes at once.
   */
  #send(request: WriteRequest): void {
    this.#unsent.push(request)
    if (this.#unsent.length > 1) return
    if (this.#waiting.size === 0) this.#post()
    else setImmediate(() => this.#post())
  }

  #post(): void {
    this.#worker.postMessage(this.#unsent)
    this.#unsent = []
  }

  /** After what was asked for before is done. */
  async close(): Promise<void> {
    if (this.#failure !== undefined) return
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve))
    setImmediate(() => this.#worker.postMessage('close'))
    await ended
  }

  #settle(reply: WriteReply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if ('failure' in reply) waiting?.reject(translate(reply.failure))
    else waiting?.resolve(reply.result)
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    for (const waiting of this.#waiting.values()) waiting.reject(this.#unavailable())
    this.#waiting.clear()
  }

  #unavailable(): DomainError {
    return new DomainError('DatabaseUnavailable', undefined, { cause: this.#failure })
  }
}

function translate(failure: WriteFailure): DomainError {
  const cause = new Error(failure.message)
  return new DomainError(isFullDisk(failure.code) ? 'FullStorage' : 'Database', undefined, { cause })
}
