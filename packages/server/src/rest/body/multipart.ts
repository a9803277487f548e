import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { DomainError } from '../../model/domain-error.ts'
import type { HttpLimits } from '../http-limits.ts'

export const isMultipart = (headers: IncomingHttpHeaders): boolean =>
  /^multipart\/form-data\b/i.test(headers['content-type'] ?? '')

/**
 * The files of a `multipart/form-data` body (RFC 7578), one after the other; other fields are skipped. A file has
 * to be read to its end before the next one is asked for. Errors: `BadRequest`, `RequestTooLarge`, those of the source.
 */
export async function* readFormFiles(
  source: AsyncIterable<Uint8Array>,
  headers: IncomingHttpHeaders,
  limits: HttpLimits,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const queue = new FileQueue(createParser(headers, limits))
  const iterator = source[Symbol.asyncIterator]()
  queue.feed(iterator)
  try {
    for (let file = await queue.next(); file !== undefined; file = await queue.next())
      yield readFile(file, queue)
  } finally {
    queue.stop()
    // Not waited for: the source may be waiting itself, for a client that has nothing more to say.
    iterator.return?.().catch(() => undefined)
  }
}

async function* readFile(file: Readable, queue: FileQueue): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of file) yield chunk as Uint8Array
  } catch (cause) {
    throw queue.failure ?? malformed(cause)
  }
}

function createParser(headers: IncomingHttpHeaders, limits: HttpLimits): BusboyInstance {
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
      limits: {
        parts: limits.multipartParts,
        fieldSize: limits.textBytes,
        headerSize: limits.partHeaderBytes,
        headerPairs: 16,
      },
    })
  } catch (cause) {
    throw malformed(cause)
  }
}

const malformed = (cause: unknown): DomainError =>
  new DomainError('BadRequest', 'Malformed multipart body', { cause })

/** Files begun and not yet asked for. One chunk can begin many; no more are read while some wait. */
class FileQueue {
  readonly #parser: BusboyInstance
  readonly #files: Readable[] = []
  #failure: { readonly error: unknown } | undefined
  #finished = false
  #current: Readable | undefined
  /** Resolves whoever waits for a file, or for room. */
  #wake: () => void = () => undefined

  constructor(parser: BusboyInstance) {
    this.#parser = parser
    parser.on('file', (_name, stream) => {
      stream.on('error', (error) => this.#fail(malformed(error)))
      this.#files.push(stream)
      this.#wake()
    })
    parser.on('partsLimit', () => this.#fail(new DomainError('RequestTooLarge', 'Too many parts')))
    parser.on('error', (error) => this.#fail(malformed(error)))
    parser.on('finish', () => {
      this.#finished = true
      this.#wake()
    })
  }

  /** What went wrong first, if anything. */
  get failure(): unknown {
    return this.#failure?.error
  }

  /** Ends a file that is being read, too. */
  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#current?.destroy(error instanceof Error ? error : undefined)
    this.#wake()
  }

  #change(): Promise<void> {
    const earlier = this.#wake
    return new Promise((resolve) => {
      this.#wake = () => {
        earlier()
        resolve()
      }
    })
  }

  /** Undefined after the last one. */
  async next(): Promise<Readable | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error
      const file = this.#files.shift()
      if (file !== undefined) {
        this.#current = file
        this.#wake()
        return file
      }
      if (this.#finished) return undefined
      await this.#change()
    }
  }

  feed(source: AsyncIterator<Uint8Array>): void {
    this.#pump(source).catch((error) => this.#fail(error))
  }

  async #pump(source: AsyncIterator<Uint8Array>): Promise<void> {
    while (this.#failure === undefined) {
      const { value, done } = await source.next()
      if (done === true) break
      await this.#write(value)
      while (this.#files.length > 0 && this.#failure === undefined) await this.#change()
    }
    this.#parser.end()
  }

  /** Settles once the parser wants more: not before a file that is being read has taken its part. */
  #write(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#parser.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }

  stop(): void {
    this.#fail(undefined)
    this.#parser.destroy()
  }
}
