import { Worker } from 'node:worker_threads'
import { DomainError } from '../../model/domain-error.ts'
import { CommitCount } from './commit-count.ts'
import { isFullDisk } from './full-disk.ts'
import {
  gateStates,
  type WriteFailure,
  type WriteInput,
  type WriteName,
  type WriteReply,
  type WriteRequest,
  type WriteResult,
  type WriterData,
} from './writes.ts'

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
  readonly #gate: Int32Array
  readonly #commits: CommitCount
  readonly #waiting = new Map<number, Waiting>()
  #isGateTaken = false
  #unsent: WriteRequest[] = []
  #lastId = 0
  #failure: unknown

  /** What `PRAGMA application_id` said at the start. */
  readonly wasSettled: boolean

  private constructor(worker: Worker, gate: Int32Array, commits: CommitCount, wasSettled: boolean) {
    this.#worker = worker
    this.#gate = gate
    this.#commits = commits
    this.wasSettled = wasSettled
    worker.on('message', (replies: readonly WriteReply[]) => {
      for (const reply of replies) this.#settle(reply)
    })
    worker.on('error', (error) => this.#fail(error))
    worker.on('exit', () => this.#fail(new Error('The catalog is closed')))
  }

  static async open(path: string): Promise<Writer> {
    const gate = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const commits = new CommitCount()
    const workerData: WriterData = { path, gate, commits: commits.memory }
    const worker = new Worker(new URL(workerFile, import.meta.url), { workerData })
    const wasSettled = await new Promise<boolean>((resolve, reject) => {
      worker.once('error', reject)
      worker.once('message', (opened: { readonly isSettled: boolean }) => {
        worker.off('error', reject)
        resolve(opened.isSettled)
      })
    })
    return new Writer(worker, gate, commits, wasSettled)
  }

  run<Name extends WriteName>(name: Name, input: WriteInput<Name>): Promise<WriteResult<Name>> {
    return this.#ask(name, input, false)
  }

  /**
   * As `run`, for what may be committed only when `ready` resolves. If the thread has nothing else to do it comes as
   * far as the commit meanwhile. Errors: also those of `ready`.
   */
  async runWhen<Name extends WriteName>(
    ready: Promise<void>,
    name: Name,
    input: WriteInput<Name>,
  ): Promise<WriteResult<Name>> {
    if (this.#waiting.size > 0 || this.#isGateTaken) {
      await ready
      return this.run(name, input)
    }
    this.#isGateTaken = true
    Atomics.store(this.#gate, 0, gateStates.closed)
    const result = this.#ask(name, input, true)
    // If it cannot be committed, the error of `ready` tells why.
    result.catch(() => undefined)
    try {
      await ready
      this.#leaveGate(gateStates.open)
    } catch (error) {
      this.#leaveGate(gateStates.never)
      throw error
    }
    return result
  }

  #leaveGate(state: number): void {
    Atomics.store(this.#gate, 0, state)
    Atomics.notify(this.#gate, 0)
    this.#isGateTaken = false
  }

  #ask<Name extends WriteName>(
    name: Name,
    input: WriteInput<Name>,
    isGated: boolean,
  ): Promise<WriteResult<Name>> {
    if (this.#failure !== undefined) return Promise.reject(this.#unavailable())
    this.#lastId += 1
    const request: WriteRequest = { id: this.#lastId, name, input, isGated }
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

  /** As `CommitCount.version`. */
  version(): number | undefined {
    return this.#commits.version()
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
