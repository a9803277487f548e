import type { CommandSet } from '../dimse/command-elements.ts'
import { AssociationError, DimseProtocolError } from '../dimse/dimse-error.ts'
import { commandFields } from '../dimse/messages.ts'
import { statusCategory } from '../dimse/status.ts'
import type { DimseLink, MessageSender, OutgoingDataSet } from './message-sender.ts'

export interface ReceivedResponse {
  readonly status: number
  readonly command: CommandSet
  readonly dataSet: Uint8Array | undefined
}

interface PendingRequest {
  readonly responses: ReceivedResponse[]
  wake: (() => void) | undefined
  isSent: boolean
  isPaused: boolean
}

/** Responses that may wait for their reader before the socket is not read any more. */
const maxWaitingResponses = 64

/** The operations this side has invoked, at most as many at a time as the window allows. */
export class OutgoingRequests {
  readonly #link: DimseLink
  readonly #sender: MessageSender
  /** 0 is unlimited. */
  readonly #window: number
  readonly #pending = new Map<number, PendingRequest>()
  readonly #turns: (() => void)[] = []
  #lastMessageId = 0
  #error: Error | undefined

  constructor(link: DimseLink, sender: MessageSender, window: number) {
    this.#link = link
    this.#sender = sender
    this.#window = window
  }

  get count(): number {
    return this.#pending.size
  }

  /** A response is due, and none has come that was not taken yet. */
  get isWaiting(): boolean {
    for (const { isSent, responses } of this.#pending.values())
      if (isSent && responses.length === 0) return true
    return false
  }

  /**
   * Sends a request and yields its responses, the final one last. Leaving the loop early sends C-CANCEL-RQ and drops
   * what still comes. Throws AssociationError if the association ends before.
   */
  async *invoke(
    contextId: number,
    command: CommandSet,
    dataSet?: OutgoingDataSet,
  ): AsyncGenerator<ReceivedResponse> {
    while (this.#window > 0 && this.#pending.size >= this.#window) await this.#turn()
    if (this.#error) throw this.#error
    const messageId = this.#nextMessageId()
    const pending: PendingRequest = { responses: [], wake: undefined, isSent: false, isPaused: false }
    this.#pending.set(messageId, pending)
    let isFinal = false
    try {
      await this.#sender.send(contextId, { ...command, messageId }, dataSet)
      pending.isSent = true
      while (!isFinal) {
        const response = await this.#nextResponse(pending)
        isFinal = statusCategory(response.status) !== 'pending'
        yield response
      }
    } finally {
      if (!isFinal && !this.#error) await this.#cancel(contextId, messageId, pending)
      this.#forget(messageId, pending)
    }
  }

  /** A complete response. Throws DimseProtocolError if nobody asked for it. */
  receive(command: CommandSet, dataSet: Uint8Array | undefined): void {
    const { messageIdBeingRespondedTo = 0, status } = command
    const pending = this.#pending.get(messageIdBeingRespondedTo)
    if (!pending || status === undefined) throw new DimseProtocolError('a response to no request')
    pending.responses.push({ status, command, dataSet })
    if (pending.responses.length >= maxWaitingResponses && !pending.isPaused) {
      pending.isPaused = true
      this.#link.pause()
    }
    pending.wake?.()
  }

  fail(error: Error): void {
    this.#error = error
    for (const pending of this.#pending.values()) pending.wake?.()
    for (const turn of this.#turns.splice(0)) turn()
  }

  async #nextResponse(pending: PendingRequest): Promise<ReceivedResponse> {
    for (;;) {
      const response = pending.responses.shift()
      if (response) {
        if (pending.responses.length === 0) this.#unpause(pending)
        return response
      }
      if (this.#error) throw this.#error
      await new Promise<void>((resolve) => {
        pending.wake = resolve
      })
    }
  }

  async #cancel(contextId: number, messageId: number, pending: PendingRequest): Promise<void> {
    const command = { commandField: commandFields.cCancel, messageIdBeingRespondedTo: messageId }
    try {
      await this.#sender.send(contextId, command)
      for (;;) {
        const { status } = await this.#nextResponse(pending)
        if (statusCategory(status) !== 'pending') return
      }
    } catch (error) {
      // The association is over, and with it the operation.
      if (!(error instanceof AssociationError)) throw error
    }
  }

  #forget(messageId: number, pending: PendingRequest): void {
    this.#pending.delete(messageId)
    this.#unpause(pending)
    this.#turns.shift()?.()
  }

  #unpause(pending: PendingRequest): void {
    if (!pending.isPaused) return
    pending.isPaused = false
    this.#link.resume()
  }

  #turn(): Promise<void> {
    if (this.#error) throw this.#error
    return new Promise((resolve) => {
      this.#turns.push(resolve)
    })
  }

  #nextMessageId(): number {
    do this.#lastMessageId = (this.#lastMessageId % 0xffff) + 1
    while (this.#pending.has(this.#lastMessageId))
    return this.#lastMessageId
  }
}
