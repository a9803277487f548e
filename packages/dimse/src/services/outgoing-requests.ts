import type { AssociationInfo } from '../association/association-info.ts'
import type { CommandSet } from '../dimse/command-elements.ts'
import { AssociationError, DimseProtocolError } from '../dimse/dimse-error.ts'
import type { MessageLimits } from '../dimse/limits.ts'
import { commandFields } from '../dimse/messages.ts'
import { statusCategory } from '../dimse/status.ts'
import type { DimseLink, MessageSender, OutgoingDataSet } from './message-sender.ts'

export interface ReceivedResponse {
  readonly status: number
  readonly command: CommandSet
  readonly dataSet: Uint8Array | undefined
}

/** Invokes operations of this side on an association: its exchange, or the request of the peer being answered. */
export interface Invoker {
  readonly association: AssociationInfo
  /**
   * Sends a request and yields its responses, the final one last. Leaving the loop early, or `signal`, sends
   * C-CANCEL-RQ and drops what still comes. Throws AssociationError if the association ends before, and the reason of
   * `signal` once the peer has given its final response, or at once if the request has not had its turn.
   */
  invoke(
    contextId: number,
    command: CommandSet,
    dataSet?: OutgoingDataSet,
    signal?: AbortSignal,
  ): AsyncGenerator<ReceivedResponse>
}

interface PendingRequest {
  readonly responses: ReceivedResponse[]
  /** Bytes of their data sets. */
  waitingLength: number
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
  readonly #maxWaitingLength: number
  readonly #pending = new Map<number, PendingRequest>()
  readonly #turns: (() => void)[] = []
  #lastMessageId = 0
  #error: Error | undefined

  constructor(link: DimseLink, sender: MessageSender, window: number, limits: MessageLimits) {
    this.#link = link
    this.#sender = sender
    this.#window = window
    this.#maxWaitingLength = limits.maxQueuedLength
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

  /** See Invoker. */
  async *invoke(
    contextId: number,
    command: CommandSet,
    dataSet?: OutgoingDataSet,
    signal?: AbortSignal,
  ): AsyncGenerator<ReceivedResponse> {
    while (this.#window > 0 && this.#pending.size >= this.#window && !signal?.aborted) {
      await this.#turn(signal)
    }
    if (this.#error) throw this.#error
    if (signal?.aborted) {
      this.#passTurn()
      throw signal.reason
    }
    const messageId = this.#nextMessageId()
    const pending: PendingRequest = {
      responses: [],
      waitingLength: 0,
      wake: undefined,
      isSent: false,
      isPaused: false,
    }
    this.#pending.set(messageId, pending)
    const wake = (): void => pending.wake?.()
    signal?.addEventListener('abort', wake)
    let isFinal = false
    try {
      await this.#sender.send(contextId, { ...command, messageId }, dataSet)
      pending.isSent = true
      while (!isFinal) {
        const response = await this.#nextResponse(pending, signal)
        isFinal = statusCategory(response.status) !== 'pending'
        yield response
      }
    } finally {
      signal?.removeEventListener('abort', wake)
      if (pending.isSent && !isFinal && !this.#error) await this.#cancel(contextId, messageId, pending)
      this.#forget(messageId, pending)
    }
  }

  /** A complete response. Throws DimseProtocolError if nobody asked for it. */
  receive(command: CommandSet, dataSet: Uint8Array | undefined): void {
    const { messageIdBeingRespondedTo = 0, status } = command
    const pending = this.#pending.get(messageIdBeingRespondedTo)
    if (!pending || status === undefined) throw new DimseProtocolError('a response to no request')
    pending.responses.push({ status, command, dataSet })
    pending.waitingLength += dataSet?.length ?? 0
    const isTooMuch =
      pending.responses.length >= maxWaitingResponses || pending.waitingLength > this.#maxWaitingLength
    if (isTooMuch && !pending.isPaused) {
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

  async #nextResponse(pending: PendingRequest, signal?: AbortSignal): Promise<ReceivedResponse> {
    for (;;) {
      if (signal?.aborted) throw signal.reason
      const response = pending.responses.shift()
      if (response) {
        pending.waitingLength -= response.dataSet?.length ?? 0
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
    this.#passTurn()
  }

  #passTurn(): void {
    if (this.#window > 0 && this.#pending.size < this.#window) this.#turns.shift()?.()
  }

  #unpause(pending: PendingRequest): void {
    if (!pending.isPaused) return
    pending.isPaused = false
    this.#link.resume()
  }

  /** Resolves when there may be room for one more operation, or `signal` aborts. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#error) throw this.#error
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#turns.push(resolve)
    const leave = (): void => {
      const place = this.#turns.indexOf(resolve)
      if (place >= 0) this.#turns.splice(place, 1)
      resolve()
    }
    signal?.addEventListener('abort', leave)
    await promise
    signal?.removeEventListener('abort', leave)
  }

  #nextMessageId(): number {
    do this.#lastMessageId = (this.#lastMessageId % 0xffff) + 1
    while (this.#pending.has(this.#lastMessageId))
    return this.#lastMessageId
  }
}
