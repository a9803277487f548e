import { setImmediate } from 'node:timers/promises'
import type { AcceptedContext, AssociationInfo } from '../association/association-info.ts'
import { type CommandSet, noDataSet } from '../dimse/command-elements.ts'
import type { DataSetStream } from '../dimse/data-set-stream.ts'
import { AssociationError, DimseProtocolError, DimseStatusError } from '../dimse/dimse-error.ts'
import type { MessageLimits } from '../dimse/limits.ts'
import { messageName, messageType, responseBit } from '../dimse/messages.ts'
import { statusCategory, statuses } from '../dimse/status.ts'
import { responseToError } from './error-status.ts'
import type { DimseLink, MessageSender } from './message-sender.ts'
import type {
  IncomingRequest,
  ServiceProvider,
  ServiceProviders,
  ServiceResponse,
} from './service-provider.ts'

/**
 * Pending responses sent before the event loop gets a turn: a provider that never waits would keep everybody else, and
 * the peer's own C-CANCEL-RQ, from being heard.
 */
const responsesPerTurn = 16

interface Entry {
  readonly context: AcceptedContext
  readonly command: CommandSet
  readonly messageId: number
  readonly dataSet: DataSetStream
  readonly ended: AbortController
  readonly cancelled: AbortController
}

export interface IncomingOptions {
  readonly association: AssociationInfo
  readonly link: DimseLink
  readonly sender: MessageSender
  readonly invoke: IncomingRequest['invoke']
  readonly providers: ServiceProviders
  readonly limits: MessageLimits
  /** How many requests are handled at a time; 0 is unlimited. */
  readonly window: number
  /** Told of what a provider threw. */
  readonly onError: (error: unknown, request: CommandSet, association: AssociationInfo) => void
  /** Told whenever a request is finished. */
  readonly onFinished: () => void
}

/** The operations the peer has invoked: each is given to its provider, and answered. */
export class IncomingRequests {
  readonly #options: IncomingOptions
  readonly #running = new Map<number, Entry>()
  readonly #queued: Entry[] = []
  #isOver = false

  constructor(options: IncomingOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#running.size + this.#queued.length
  }

  /** Throws DimseProtocolError if the request cannot be answered, or too many wait. */
  receive(context: AcceptedContext, command: CommandSet, dataSet: DataSetStream): void {
    const { messageId } = command
    if (messageId === undefined) throw new DimseProtocolError('a request without Message ID')
    const entry: Entry = {
      context,
      command,
      messageId,
      dataSet,
      ended: new AbortController(),
      cancelled: new AbortController(),
    }
    const { window, limits } = this.#options
    if (window === 0 || this.#running.size < window) {
      this.#start(entry)
      return
    }
    if (this.#queued.length >= limits.maxQueuedRequests)
      throw new DimseProtocolError('too many requests at a time')
    this.#queued.push(entry)
  }

  /** A request unknown, or answered already, needs no cancelling (PS3.7 9.3.2.3). */
  cancel(messageId: number | undefined): void {
    if (messageId === undefined) return
    this.#running.get(messageId)?.cancelled.abort()
    this.#queued.find((entry) => entry.messageId === messageId)?.cancelled.abort()
  }

  fail(error: AssociationError): void {
    this.#isOver = true
    this.#queued.length = 0
    for (const { dataSet, ended } of this.#running.values()) {
      dataSet.fail(error)
      ended.abort(error)
    }
  }

  #start(entry: Entry): void {
    const isDuplicate = this.#running.has(entry.messageId)
    if (!isDuplicate) this.#running.set(entry.messageId, entry)
    const provider = isDuplicate ? refuseDuplicate : this.#providerOf(entry.command)
    void this.#run(entry, provider).then(() => {
      if (!isDuplicate) this.#running.delete(entry.messageId)
      const next = this.#queued.shift()
      if (next) this.#start(next)
      this.#options.onFinished()
    })
  }

  /** Never rejects: what fails is answered, or the association is aborted. */
  async #run(entry: Entry, provider: ServiceProvider): Promise<void> {
    let response: ServiceResponse | undefined
    try {
      response = await this.#provide(entry, provider)
    } catch (error) {
      // After the association's end its error comes back through the data set; there is nobody to answer.
      if (!this.#isOver) this.#options.onError(error, entry.command, this.#options.association)
      response = responseToError(error)
    }
    try {
      entry.dataSet.discard()
      await entry.dataSet.finished()
      await this.#respond(entry, response)
      // A peer that sends requests but takes no answers gets no further.
      await this.#options.link.drained()
    } catch (error) {
      if (error instanceof AssociationError || this.#isOver) return
      this.#options.link.abort(new AssociationError('a response could not be sent', { cause: error }))
    }
  }

  /** Sends pending responses; returns the final one. */
  async #provide(entry: Entry, provider: ServiceProvider): Promise<ServiceResponse> {
    const { association, invoke, limits, onError } = this.#options
    const { context, command, messageId, dataSet } = entry
    const request: IncomingRequest = {
      association,
      context,
      command,
      messageId,
      dataSet,
      signal: entry.ended.signal,
      cancelled: entry.cancelled.signal,
      limits,
      report: (error) => onError(error, command, association),
      invoke,
    }
    let count = 0
    for await (const response of provider(request)) {
      if (statusCategory(response.status) !== 'pending') return response
      await this.#respond(entry, response)
      await this.#options.link.drained()
      count += 1
      if (count % responsesPerTurn === 0) await setImmediate()
    }
    throw new Error(`the provider of ${messageName(command.commandField)} gave no final response`)
  }

  async #respond({ context, command, messageId }: Entry, response: ServiceResponse): Promise<void> {
    const { affectedSopClassUid, requestedSopClassUid, affectedSopInstanceUid, requestedSopInstanceUid } =
      command
    const answer: CommandSet = {
      affectedSopClassUid: affectedSopClassUid ?? requestedSopClassUid,
      affectedSopInstanceUid: affectedSopInstanceUid ?? requestedSopInstanceUid,
      ...response.command,
      commandField: command.commandField | responseBit,
      messageIdBeingRespondedTo: messageId,
      status: response.status,
      errorComment: response.errorComment,
    }
    await this.#options.sender.send(context.id, answer, response.dataSet)
  }

  #providerOf(command: CommandSet): ServiceProvider {
    const type = messageType(command.commandField)
    const provider = this.#options.providers.get(command.commandField)
    if (!type || !provider) return refuseUnrecognized
    const missing = type.required.find((key) => command[key] === undefined || command[key] === '')
    const lacksDataSet = type.dataSet === 'always' && command.commandDataSetType === noDataSet
    if (missing === undefined && !lacksDataSet) return provider
    return () => {
      throw new DimseStatusError(statuses.mistypedArgument, `${missing ?? 'data set'} is missing`)
    }
  }
}

function refuseUnrecognized({ command }: IncomingRequest): never {
  throw new DimseStatusError(
    statuses.unrecognizedOperation,
    `${messageName(command.commandField)} is not supported`,
  )
}

function refuseDuplicate({ messageId }: IncomingRequest): never {
  throw new DimseStatusError(statuses.duplicateInvocation, `Message ID ${messageId} is in use`)
}
