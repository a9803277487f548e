import { type CommandSet, noDataSet, withDataSet } from '../dimse/command-elements.ts'
import { encodeCommandSet } from '../dimse/command-set.ts'
import { AssociationError } from '../dimse/dimse-error.ts'
import { type Fragment, Fragmenter } from '../dimse/fragmenter.ts'
import { controlBits } from '../pdu/pdu.ts'

/** What the exchange of messages needs of an established association. */
export interface DimseLink {
  /** Most data bytes of one PDV that the peer takes. */
  readonly maxFragmentLength: number
  /** Sends one PDV; throws AssociationError when the association is over. */
  send(contextId: number, control: number, pieces: readonly Uint8Array[], length: number): void
  /** Between these two, what is sent leaves together. */
  cork(): void
  uncork(): void
  /** Resolves when more may be sent. */
  drained(): Promise<void>
  /** Counted: reading goes on after as many `resume` as `pause`. */
  pause(): void
  resume(): void
  /** The peer did something useful. */
  progress(): void
  abort(error: AssociationError): void
}

/** The chunks of a data set to be sent; they must not be changed after they were yielded. */
export type OutgoingDataSet = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Bytes handed to the transport at a time, so that the peer's progress shows within a large chunk. */
const batchLength = 256 * 1024

/** The chunks are all there, and less than a batch. */
function isShort(dataSet: OutgoingDataSet): dataSet is readonly Uint8Array[] {
  if (!Array.isArray(dataSet)) return false
  const chunks: readonly Uint8Array[] = dataSet
  return chunks.reduce((length, chunk) => length + chunk.length, 0) <= batchLength
}

/** Sends messages one after the other: fragments of two are never mixed (PS3.8 Annex E). */
export class MessageSender {
  readonly #link: DimseLink
  #tail: Promise<void> | undefined

  constructor(link: DimseLink) {
    this.#link = link
  }

  /** Resolves when the message was handed to the transport. Aborts the association if `dataSet` throws. */
  async send(contextId: number, command: CommandSet, dataSet?: OutgoingDataSet): Promise<void> {
    while (this.#tail) await this.#tail
    if (!dataSet) {
      this.#sendCommand(contextId, { ...command, commandDataSetType: noDataSet })
      return
    }
    const sending = this.#sendBoth(contextId, { ...command, commandDataSetType: withDataSet }, dataSet)
    // Whoever waits for its turn must not get this message's error.
    this.#tail = sending.then(
      () => this.#release(),
      () => this.#release(),
    )
    await sending
  }

  #release(): void {
    this.#tail = undefined
  }

  async #sendBoth(contextId: number, command: CommandSet, dataSet: OutgoingDataSet): Promise<void> {
    try {
      if (isShort(dataSet)) this.#sendTogether(contextId, command, dataSet)
      else {
        this.#sendCommand(contextId, command)
        await this.#sendDataSet(contextId, dataSet)
      }
      await this.#link.drained()
    } catch (cause) {
      // Half a message cannot be taken back.
      if (cause instanceof AssociationError) throw cause
      const error = new AssociationError('the data set to be sent could not be read', { cause })
      this.#link.abort(error)
      throw error
    }
  }

  #sendCommand(contextId: number, command: CommandSet): void {
    const encoded = encodeCommandSet(command)
    this.#sendAll(contextId, controlBits.command, [encoded])
  }

  #sendAll(contextId: number, control: number, chunks: readonly Uint8Array[]): void {
    const fragmenter = new Fragmenter(this.#link.maxFragmentLength)
    for (const chunk of chunks)
      for (const fragment of fragmenter.push(chunk)) this.#sendFragment(contextId, control, fragment)
    this.#sendFragment(contextId, control, fragmenter.end())
  }

  async #sendDataSet(contextId: number, dataSet: OutgoingDataSet): Promise<void> {
    const fragmenter = new Fragmenter(this.#link.maxFragmentLength)
    for await (const chunk of dataSet) {
      for (let offset = 0; offset < chunk.length; offset += batchLength) {
        this.#sendBatch(contextId, fragmenter, chunk.subarray(offset, offset + batchLength))
        await this.#link.drained()
      }
    }
    this.#sendFragment(contextId, 0, fragmenter.end())
  }

  /** A message with an identifier leaves in one piece. */
  #sendTogether(contextId: number, command: CommandSet, dataSet: readonly Uint8Array[]): void {
    this.#link.cork()
    try {
      this.#sendCommand(contextId, command)
      this.#sendAll(contextId, 0, dataSet)
    } finally {
      this.#link.uncork()
    }
  }

  #sendBatch(contextId: number, fragmenter: Fragmenter, bytes: Uint8Array): void {
    this.#link.cork()
    try {
      for (const fragment of fragmenter.push(bytes)) this.#sendFragment(contextId, 0, fragment)
    } finally {
      this.#link.uncork()
    }
  }

  #sendFragment(contextId: number, control: number, { pieces, length, isLast }: Fragment): void {
    this.#link.send(contextId, control | (isLast ? controlBits.last : 0), pieces, length)
  }
}
