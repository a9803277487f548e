import { Agent, request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'

export interface Reply {
  readonly status: number
  /** Bytes of the body. */
  readonly length: number
  /** Empty unless `keepBody`. */
  readonly body: Buffer
}

export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Of a POST: sent as they are, one after the other. */
  readonly body: readonly Uint8Array[]
}

/** One kept-alive HTTP/1.1 connection with one request at a time. */
export interface LoadConnection {
  send(request: LoadRequest, keepBody?: boolean): Promise<Reply>
  close(): void
}

const lengthOf = (body: readonly Uint8Array[]) => body.reduce((sum, part) => sum + part.length, 0)

/** Node's own client. */
export class NodeHttpConnection implements LoadConnection {
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(port: number) {
    this.#port = port
  }

  send({ method, path, body }: LoadRequest, keepBody = false): Promise<Reply> {
    const headers =
      method === 'POST' ? { 'Content-Type': 'application/dicom', 'Content-Length': lengthOf(body) } : {}
    return new Promise((resolve, reject) => {
      const target = { agent: this.#agent, host: '127.0.0.1', port: this.#port, method, path, headers }
      const outgoing = httpRequest(target, (incoming) => {
        const chunks: Buffer[] = []
        let length = 0
        incoming.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (keepBody) chunks.push(chunk)
        })
        incoming.once('error', reject)
        incoming.once('end', () =>
          resolve({ status: incoming.statusCode ?? 0, length, body: Buffer.concat(chunks) }),
        )
      })
      outgoing.once('error', reject)
      for (const part of body) outgoing.write(part)
      outgoing.end()
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

interface Pending {
  readonly keepBody: boolean
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

const headEnd = Buffer.from('\r\n\r\n')

/**
 * A client of its own that takes a fraction of the processor time of Node's, which matters where generator and server
 * share the cores. Knows only what a load generator needs: a length or chunks.
 */
export class LeanConnection implements LoadConnection {
  readonly #port: number
  #socket: Socket | undefined
  #pending: Pending | undefined
  #input: Buffer = Buffer.alloc(0)
  #status = 0
  #left = -1
  #chunked = false
  #closing = false
  #length = 0
  #body: Buffer[] = []

  constructor(port: number) {
    this.#port = port
  }

  send({ method, path, body }: LoadRequest, keepBody = false): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#pending = { keepBody, resolve, reject }
      this.#left = -1
      this.#chunked = false
      this.#length = 0
      this.#body = []
      const socket = this.#open()
      socket.cork()
      const entity =
        method === 'POST' ? `Content-Type: application/dicom\r\nContent-Length: ${lengthOf(body)}\r\n` : ''
      socket.write(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\n${entity}\r\n`)
      for (const part of body) socket.write(part)
      socket.uncork()
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  #open(): Socket {
    if (this.#socket !== undefined && !this.#socket.destroyed && !this.#closing) return this.#socket
    this.#socket?.destroy()
    this.#closing = false
    this.#input = Buffer.alloc(0)
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    const onEnd = (error?: Error) => {
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.#pending?.reject(error instanceof Error ? error : new Error('the server closed the connection'))
      this.#pending = undefined
    }
    socket.on('error', onEnd)
    socket.on('close', () => onEnd())
    this.#socket = socket
    return socket
  }

  #receive(chunk: Buffer): void {
    let bytes = chunk
    if (this.#left < 0) {
      this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk])
      const end = this.#input.indexOf(headEnd)
      if (end < 0) return
      this.#readHead(this.#input.toString('latin1', 0, end))
      bytes = this.#input.subarray(end + headEnd.length)
      this.#input = Buffer.alloc(0)
    }
    if (this.#chunked) this.#readChunks(bytes)
    else this.#take(bytes)
    if (this.#left === 0 && !this.#chunked) this.#finish()
  }

  #readHead(head: string): void {
    this.#status = Number(head.slice(9, 12))
    this.#chunked = /\r\ntransfer-encoding: *chunked/i.test(head)
    this.#closing = /\r\nconnection: *close/i.test(head)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length === undefined && !this.#chunked) throw new Error(`an answer without length:\n${head}`)
    this.#left = Number(length ?? 0)
  }

  #take(bytes: Buffer): void {
    this.#left -= bytes.length
    this.#length += bytes.length
    if (this.#pending?.keepBody && bytes.length > 0) this.#body.push(bytes)
  }

  #readChunks(bytes: Buffer): void {
    let rest = this.#input.length === 0 ? bytes : Buffer.concat([this.#input, bytes])
    for (;;) {
      if (this.#left > 2) {
        const data = rest.subarray(0, this.#left - 2)
        this.#take(data)
        rest = rest.subarray(data.length)
      }
      if (rest.length < this.#left) break
      rest = rest.subarray(this.#left)
      const end = rest.indexOf('\r\n')
      if (end < 0) {
        this.#left = 0
        break
      }
      const size = Number.parseInt(rest.toString('latin1', 0, end), 16)
      if (size === 0) {
        this.#chunked = false
        this.#left = 0
        rest = Buffer.alloc(0)
        break
      }
      rest = rest.subarray(end + 2)
      this.#left = size + 2
    }
    this.#input = rest
  }

  #finish(): void {
    const pending = this.#pending
    this.#pending = undefined
    this.#input = Buffer.alloc(0)
    this.#left = -1
    pending?.resolve({ status: this.#status, length: this.#length, body: Buffer.concat(this.#body) })
  }
}
