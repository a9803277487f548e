import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { proposeAssociation } from '../../association/requestor.ts'
import type { CommandSet } from '../../dimse/command-elements.ts'
import { decodeCommandSet, encodeCommandSet } from '../../dimse/command-set.ts'
import { PduParser } from '../../pdu/parser.ts'
import type { AssociateRequest, ControlPdu } from '../../pdu/pdu.ts'
import { encodeDataTransferHeader, encodePdu } from '../../pdu/serializer.ts'
import type { UserInformation } from '../../pdu/user-information.ts'
import { ctImageStorage, explicitLittleEndian, implicitLittleEndian, verification } from './server.ts'

/** What a raw peer has received: a PDU, the command set of a message, or the end of the connection. */
export type Received =
  | ControlPdu
  | { readonly type: 'command'; readonly command: CommandSet }
  | { readonly type: 'closed' }

/** A peer that sends what it wants, byte by byte if need be. */
export class RawPeer {
  readonly socket: Socket
  readonly #received: Received[] = []
  #wake: (() => void) | undefined

  private constructor(socket: Socket) {
    this.socket = socket
    const pieces: Uint8Array[] = []
    const parser = new PduParser({
      pdu: (pdu) => this.#add(pdu),
      dataTransfer: () => {},
      fragment: (_contextId, control, bytes, isEnd) => {
        if ((control & 1) === 0) return
        pieces.push(bytes.slice())
        if (control !== 3 || !isEnd) return
        this.#add({ type: 'command', command: decodeCommandSet(Buffer.concat(pieces.splice(0))) })
      },
      invalid: (error) => {
        throw error
      },
    })
    socket.on('data', (chunk: Uint8Array) => parser.push(chunk))
    // A reset is as good as a close for a peer that misbehaves.
    socket.on('error', () => {})
    socket.on('close', () => this.#add({ type: 'closed' }))
  }

  static async connect(t: TestContext, server: { readonly port: number }): Promise<RawPeer> {
    const socket = connect({ host: '127.0.0.1', port: server.port, noDelay: true })
    t.after(() => socket.destroy())
    await once(socket, 'connect')
    return new RawPeer(socket)
  }

  /** Connects and establishes an association: context 1 Verification, context 3 CT Image Storage. */
  static async associate(
    t: TestContext,
    server: { readonly port: number },
    changes: Partial<UserInformation> = {},
  ): Promise<RawPeer> {
    const peer = await RawPeer.connect(t, server)
    const request = associateRequest()
    peer.send(encodePdu({ ...request, userInformation: { ...request.userInformation, ...changes } }))
    const answer = await peer.next()
    if (answer.type !== 'A-ASSOCIATE-AC') throw new Error(`the association was answered with ${answer.type}`)
    return peer
  }

  send(...pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.socket.write(piece)
  }

  sendFragment(contextId: number, control: number, bytes: Uint8Array): void {
    this.send(encodeDataTransferHeader(contextId, control, bytes.length), bytes)
  }

  sendCommand(contextId: number, command: CommandSet): void {
    this.sendFragment(contextId, 3, encodeCommandSet(command))
  }

  async next(): Promise<Received> {
    for (;;) {
      const first = this.#received.shift()
      if (first) return first
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #add(received: Received): void {
    this.#received.push(received)
    this.#wake?.()
  }
}

/** C-STORE-RQ for context 3. */
export const storeCommand: CommandSet = {
  commandField: 0x0001,
  messageId: 1,
  priority: 0,
  affectedSopClassUid: ctImageStorage,
  affectedSopInstanceUid: '1.2.3',
  commandDataSetType: 1,
}

/** C-ECHO-RQ for context 1. */
export const echoCommand: CommandSet = {
  commandField: 0x0030,
  messageId: 1,
  affectedSopClassUid: verification,
  commandDataSetType: 0x0101,
}

export function associateRequest(changes: Partial<AssociateRequest> = {}): AssociateRequest {
  const proposal = {
    callingAeTitle: 'RAW',
    calledAeTitle: 'SCP',
    maxPduLength: 16384,
    presentationContexts: [
      { abstractSyntax: verification, transferSyntaxes: [implicitLittleEndian] },
      { abstractSyntax: ctImageStorage, transferSyntaxes: [explicitLittleEndian] },
    ],
  }
  const implementation = { implementationClassUid: '1.2.3', implementationVersionName: 'RAW' }
  return { ...proposeAssociation(proposal, implementation), ...changes }
}
