import { connect, type Socket } from 'node:net'
import { explicitLittleEndian, implicitLittleEndian } from './synthetic.ts'

/** A C-STORE user of its own, so that the suites do not share mistakes with the server's DICOM code. */

export const verification = '1.2.840.10008.1.1'

const item = (type: number, value: Uint8Array) => {
  const head = Buffer.from([type, 0, value.length >> 8, value.length & 0xff])
  return Buffer.concat([head, value])
}

/** A PDU (PS3.8 9.3): type, reserved byte, four bytes of length, value. */
export const pdu = (type: number, value: Uint8Array, length = value.length): Buffer => {
  const head = Buffer.alloc(6)
  head[0] = type
  head.writeUInt32BE(length, 2)
  return Buffer.concat([head, value])
}

export interface ProposedContext {
  readonly abstractSyntax: string
  readonly transferSyntaxes: readonly string[]
}

export interface Proposal {
  readonly contexts: readonly ProposedContext[]
  readonly callingAeTitle?: string | Uint8Array
  readonly calledAeTitle?: string | Uint8Array
}

const aeTitle = (title: string | Uint8Array) =>
  typeof title === 'string' ? Buffer.from(title.padEnd(16).slice(0, 16), 'latin1') : Buffer.from(title)

/** A-ASSOCIATE-RQ (PS3.8 9.3.2). */
export function associateRequest({
  contexts,
  callingAeTitle = 'INTEROP',
  calledAeTitle = 'ORTHANC',
}: Proposal): Buffer {
  const presentation = contexts.map(({ abstractSyntax, transferSyntaxes }, index) =>
    item(
      0x20,
      Buffer.concat([
        Buffer.from([(index * 2 + 1) & 0xff, 0, 0, 0]),
        item(0x30, Buffer.from(abstractSyntax)),
        ...transferSyntaxes.map((uid) => item(0x40, Buffer.from(uid))),
      ]),
    ),
  )
  const maximumLength = item(0x51, Buffer.from([0, 0, 0x40, 0]))
  const user = item(0x50, Buffer.concat([maximumLength, item(0x52, Buffer.from('2.25.331017270842071532'))]))
  return pdu(
    1,
    Buffer.concat([
      Buffer.from([0, 1, 0, 0]),
      aeTitle(calledAeTitle),
      aeTitle(callingAeTitle),
      Buffer.alloc(32),
      item(0x10, Buffer.from('1.2.840.10008.3.1.1.1')),
      ...presentation,
      user,
    ]),
  )
}

/** One PDV in a P-DATA-TF PDU (PS3.8 9.3.5). */
export function dataPdu(
  contextId: number,
  isCommand: boolean,
  isLast: boolean,
  fragment: Uint8Array,
): Buffer {
  const head = Buffer.alloc(6)
  head.writeUInt32BE(fragment.length + 2, 0)
  head[4] = contextId
  head[5] = (isCommand ? 1 : 0) | (isLast ? 2 : 0)
  return pdu(4, Buffer.concat([head, fragment]))
}

const commandElement = (number: number, value: string | number, wide = false) => {
  const bytes =
    typeof value === 'string'
      ? Buffer.from(value.length % 2 ? `${value}\0` : value, 'latin1')
      : Buffer.alloc(wide ? 4 : 2)
  if (typeof value === 'number') bytes.writeUIntLE(value, 0, bytes.length)
  const head = Buffer.alloc(8)
  head.writeUInt16LE(number, 2)
  head.writeUInt32LE(bytes.length, 4)
  return Buffer.concat([head, bytes])
}

const withGroupLength = (elements: readonly Buffer[]) => {
  const rest = Buffer.concat(elements)
  return Buffer.concat([commandElement(0, rest.length, true), rest])
}

/** C-ECHO-RQ (PS3.7 9.3.5). */
export const echoCommand = (messageId = 1): Buffer =>
  withGroupLength([
    commandElement(2, verification),
    commandElement(0x100, 0x30),
    commandElement(0x110, messageId),
    commandElement(0x800, 0x101),
  ])

/** C-STORE-RQ (PS3.7 9.3.1). */
export const storeCommand = (sopClassUid: string, sopInstanceUid: string, messageId = 1): Buffer =>
  withGroupLength([
    commandElement(2, sopClassUid),
    commandElement(0x100, 1),
    commandElement(0x110, messageId),
    commandElement(0x700, 0),
    commandElement(0x800, 1),
    commandElement(0x1000, sopInstanceUid),
  ])

/** (0000,0900) Status of a response, or undefined. */
function statusOf(command: Buffer): number | undefined {
  for (let offset = 0; offset + 8 <= command.length; ) {
    const length = command.readUInt32LE(offset + 4)
    if (command.readUInt16LE(offset + 2) === 0x900 && offset + 10 <= command.length)
      return command.readUInt16LE(offset + 8)
    offset += 8 + length
  }
  return undefined
}

export interface Pdu {
  readonly type: number
  readonly value: Buffer
}

/** A connection that hands over whole PDUs. */
export class PduSocket {
  readonly socket: Socket
  #pending: Buffer[] = []
  #arrived: () => void = () => {}
  #closed = false

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('data', (chunk: Buffer) => {
      this.#pending.push(chunk)
      this.#arrived()
    })
    const onClosed = () => {
      this.#closed = true
      this.#arrived()
    }
    this.socket.on('error', onClosed)
    this.socket.on('close', onClosed)
    this.socket.on('end', onClosed)
  }

  /** Waits while the socket's buffer is full. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#closed || this.socket.destroyed) throw new Error('the connection was closed')
    if (this.socket.write(bytes)) return
    await new Promise<void>((resolve) => {
      const done = () => {
        this.socket.off('drain', done).off('close', done)
        resolve()
      }
      this.socket.on('drain', done).on('close', done)
    })
  }

  /** The next PDU; undefined once the other side has closed. */
  async receive(timeoutMs = 30_000): Promise<Pdu | undefined> {
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const bytes = this.#pending.length === 1 ? this.#pending[0] : Buffer.concat(this.#pending)
      if (bytes !== undefined && bytes.length >= 6) {
        const end = 6 + bytes.readUInt32BE(2)
        if (bytes.length >= end) {
          this.#pending = bytes.length > end ? [bytes.subarray(end)] : []
          return { type: bytes.readUInt8(0), value: bytes.subarray(6, end) }
        }
      }
      if (this.#closed) return undefined
      const left = deadline - performance.now()
      if (left <= 0) throw new Error(`no PDU in ${timeoutMs} ms`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#arrived = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  destroy(): void {
    this.socket.destroy()
  }
}

export interface StoreOptions {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly contextId: number
  readonly dataSet: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** For the answer, after the last byte. */
  readonly timeoutMs?: number
}

/** An association as requestor. */
export class Scu {
  readonly connection: PduSocket
  /** Accepted transfer syntax by presentation context id. */
  readonly accepted: ReadonlyMap<number, string>
  readonly #fragmentLength: number
  #messageId = 0

  private constructor(connection: PduSocket, accept: Buffer) {
    this.connection = connection
    const accepted = new Map<number, string>()
    let maximumLength = 0
    for (let offset = 68; offset + 4 <= accept.length; ) {
      const end = offset + 4 + accept.readUInt16BE(offset + 2)
      if (accept[offset] === 0x21 && accept[offset + 6] === 0) {
        accepted.set(
          accept.readUInt8(offset + 4),
          accept.toString('latin1', offset + 12, end).replace(/\0$/, ''),
        )
      }
      if (accept[offset] === 0x50 && accept[offset + 4] === 0x51)
        maximumLength = accept.readUInt32BE(offset + 8)
      offset = end
    }
    this.accepted = accepted
    this.#fragmentLength = Math.min(maximumLength || 131_072, 131_072) - 6
  }

  /** Throws when the association is rejected or the connection closed. */
  static async open(port: number, proposal: Proposal, timeoutMs = 30_000): Promise<Scu> {
    const connection = new PduSocket(port)
    await connection.send(associateRequest(proposal))
    const answer = await connection.receive(timeoutMs)
    if (answer?.type === 2) return new Scu(connection, answer.value)
    connection.destroy()
    throw new Error(
      answer === undefined ? 'closed' : `PDU type ${answer.type}: ${answer.value.toString('hex')}`,
    )
  }

  async echo(contextId = 1): Promise<number | undefined> {
    await this.connection.send(dataPdu(contextId, true, true, echoCommand(++this.#messageId)))
    return this.#status()
  }

  /** The status of the answer; undefined when the association was aborted or closed instead. */
  async store({
    sopClassUid,
    sopInstanceUid,
    contextId,
    dataSet,
    timeoutMs = 30_000,
  }: StoreOptions): Promise<number | undefined> {
    const command = storeCommand(sopClassUid, sopInstanceUid, ++this.#messageId)
    await this.connection.send(dataPdu(contextId, true, true, command))
    for await (const chunk of dataSet) {
      for (let offset = 0; offset < chunk.length; offset += this.#fragmentLength) {
        const fragment = chunk.subarray(offset, offset + this.#fragmentLength)
        await this.connection.send(dataPdu(contextId, false, false, fragment))
      }
    }
    await this.connection.send(dataPdu(contextId, false, true, Buffer.alloc(0)))
    return this.#status(timeoutMs)
  }

  async #status(timeoutMs = 30_000): Promise<number | undefined> {
    const answer = await this.connection.receive(timeoutMs)
    return answer?.type === 4 ? statusOf(answer.value.subarray(6)) : undefined
  }

  async release(): Promise<void> {
    await this.connection.send(pdu(5, Buffer.alloc(4)))
    await this.connection.receive(5000).catch(() => undefined)
    this.connection.destroy()
  }
}

export interface SplitFile {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  readonly dataSet: Buffer
}

/** What a C-STORE user needs of a file; generous, for broken files are to be sent too. */
export function splitFile(file: Buffer): SplitFile {
  const start = file.toString('latin1', 128, 132) === 'DICM' ? 132 : 0
  const values = new Map<number, string>()
  let offset = start
  while (offset + 8 <= file.length && file.readUInt16LE(offset) === 2) {
    const isLong = /^(OB|OW|UN|SQ|UT)$/.test(file.toString('latin1', offset + 4, offset + 6))
    if (isLong && offset + 12 > file.length) break
    const length = isLong ? file.readUInt32LE(offset + 8) : file.readUInt16LE(offset + 6)
    const value = offset + (isLong ? 12 : 8)
    values.set(
      file.readUInt16LE(offset + 2),
      file.toString('latin1', value, Math.min(value + length, value + 64)).replace(/[\0 ]+$/, ''),
    )
    offset = value + length
  }
  return {
    sopClassUid: values.get(2) ?? '1.2.840.10008.5.1.4.1.1.7',
    sopInstanceUid: values.get(3) ?? '2.25.1',
    transferSyntaxUid: values.get(0x10) ?? (start === 0 ? implicitLittleEndian : explicitLittleEndian),
    dataSet: file.subarray(Math.min(offset, file.length)),
  }
}

/** Sends one file over an association of its own. Resolves to the status, or to why there is none. */
export async function storeFile(port: number, file: Buffer): Promise<number | 'refused' | 'closed'> {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid, dataSet } = splitFile(file)
  const scu = await Scu.open(port, {
    contexts: [{ abstractSyntax: sopClassUid, transferSyntaxes: [transferSyntaxUid] }],
  }).catch(() => undefined)
  if (scu === undefined) return 'closed'
  try {
    if (!scu.accepted.has(1)) return 'refused'
    return (await scu.store({ sopClassUid, sopInstanceUid, contextId: 1, dataSet: [dataSet] })) ?? 'closed'
  } catch {
    return 'closed'
  } finally {
    await scu.release().catch(() => scu.connection.destroy())
  }
}
