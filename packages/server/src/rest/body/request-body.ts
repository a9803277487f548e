import type { IncomingMessage, ServerResponse } from 'node:http'
import { DomainError } from '../../model/domain-error.ts'
import type { HttpLimits } from '../http-limits.ts'
import { BodyReader } from './body-reader.ts'

export interface BodyOptions {
  /** 0 = none. */
  readonly maximumBytes: number
  /** Seconds without a byte after which a client is given up; 0 = never. */
  readonly timeout: number
  readonly limits: HttpLimits
}

/** The body of one request, which can be read once. */
export class RequestBody {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #options: BodyOptions
  #begun = false

  constructor(request: IncomingMessage, response: ServerResponse, options: BodyOptions) {
    this.#request = request
    this.#response = response
    this.#options = options
  }

  /** Errors: `LengthRequired`, `RequestTooLarge`, from the headers alone. */
  checkFraming(): void {
    const { 'content-length': length, 'transfer-encoding': coding } = this.#request.headers
    if (length === undefined && coding === undefined) throw new DomainError('LengthRequired')
    if (length !== undefined) this.#checkSize(Number(length))
  }

  #checkSize(size: number): void {
    const { maximumBytes } = this.#options
    if (maximumBytes > 0 && size > maximumBytes) throw new DomainError('RequestTooLarge')
  }

  /**
   * The bytes as they come. Errors: `RequestTooLarge`; `Timeout` for a client that trickles; `NetworkProtocol` for one
   * that goes away.
   */
  read(): AsyncIterableIterator<Uint8Array> {
    const request = this.#request
    this.#begun = true
    if (request.headers.expect !== undefined) this.#response.writeContinue()
    const { timeout, limits } = this.#options
    request.socket.setTimeout(timeout * 1000)
    const start = performance.now()
    const check = (size: number): void => {
      this.#checkSize(size)
      const seconds = (performance.now() - start) / 1000
      if (seconds > limits.graceSeconds && size < seconds * limits.bodyBytesPerSecond) {
        throw new DomainError('Timeout', 'The request body comes too slowly')
      }
    }
    return new BodyReader(request, check, () => request.socket.setTimeout(0))
  }

  /** Errors: `RequestTooLarge` beyond `maximum` bytes, by default the limit for texts. */
  async readText(maximum: number = this.#options.limits.textBytes): Promise<string> {
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of this.read()) {
      size += chunk.length
      if (size > maximum) throw new DomainError('RequestTooLarge')
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString()
  }

  /**
   * To be called when the answer is known. Reads away bytes that may still be on their way, because a connection that
   * is closed on them is reset, and the answer lost. Gives the value of `Connection` that goes with it, if any.
   */
  abandon(): 'keep-alive' | 'close' | undefined {
    const { 'content-length': length, 'transfer-encoding': coding, expect } = this.#request.headers
    const complete = this.#request.readableEnded || (coding === undefined && Number(length ?? 0) === 0)
    if (complete) return undefined
    this.#discard()
    // Who waits to be told to go on may send either a body or a new request: no telling which.
    return expect !== undefined && !this.#begun ? 'close' : 'keep-alive'
  }

  /** A client that goes on for long is cut off. */
  #discard(): void {
    const request = this.#request
    const { timeout, limits } = this.#options
    let left = limits.discardedBytes
    if (timeout > 0) {
      const deadline = setTimeout(() => request.socket.destroy(), timeout * 1000)
      request.on('close', () => clearTimeout(deadline))
    }
    request.on('data', (chunk: Uint8Array) => {
      left -= chunk.length
      if (left < 0) request.socket.destroy()
    })
    request.on('error', () => undefined)
    request.resume()
  }
}
