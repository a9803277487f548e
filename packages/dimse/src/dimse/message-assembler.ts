import { controlBits } from '../pdu/pdu.ts'
import { type CommandSet, noDataSet } from './command-elements.ts'
import { decodeCommandSet } from './command-set.ts'
import { DimseProtocolError } from './dimse-error.ts'
import type { MessageLimits } from './limits.ts'

/** Receives messages as they come apart into command set and data set. */
export interface MessageSink {
  /** A whole command set; `data` and `endOfMessage` follow if it announces a data set, else only the latter. */
  command(contextId: number, command: CommandSet): void
  data(bytes: Uint8Array): void
  endOfMessage(): void
}

/** Joins fragments to messages (PS3.8 Annex E). Methods throw DimseProtocolError on what cannot be a message. */
export class MessageAssembler {
  readonly #sink: MessageSink
  readonly #limits: MessageLimits
  #state: 'idle' | 'command' | 'dataSet' = 'idle'
  #contextId = 0
  #commandPieces: Uint8Array[] = []
  #commandLength = 0
  #dataSetLength = 0
  #emptyFragments = 0

  constructor(sink: MessageSink, limits: MessageLimits) {
    this.#sink = sink
    this.#limits = limits
  }

  /** Between messages. */
  get isIdle(): boolean {
    return this.#state === 'idle'
  }

  /** The next piece of a PDV; `isEnd` on its last piece. */
  fragment(contextId: number, control: number, bytes: Uint8Array, isEnd: boolean): void {
    if (this.#state === 'idle') this.#startMessage(contextId)
    else if (contextId !== this.#contextId) {
      throw new DimseProtocolError('fragments of two messages are interleaved')
    }
    if (bytes.length === 0) this.#countEmptyFragment()
    const isCommand = (control & controlBits.command) !== 0
    if (isCommand !== (this.#state === 'command')) {
      throw new DimseProtocolError(isCommand ? 'a command inside a data set' : 'a data set without a command')
    }
    const isLast = isEnd && (control & controlBits.last) !== 0
    if (isCommand) this.#commandPiece(bytes, isLast)
    else this.#dataSetPiece(bytes, isLast)
  }

  #startMessage(contextId: number): void {
    this.#state = 'command'
    this.#contextId = contextId
    this.#emptyFragments = 0
    this.#dataSetLength = 0
  }

  #countEmptyFragment(): void {
    this.#emptyFragments += 1
    if (this.#emptyFragments > this.#limits.maxEmptyFragments) {
      throw new DimseProtocolError('too many fragments without data')
    }
  }

  #commandPiece(bytes: Uint8Array, isLast: boolean): void {
    this.#commandLength += bytes.length
    if (this.#commandLength > this.#limits.maxCommandLength) {
      throw new DimseProtocolError(`a command set above ${this.#limits.maxCommandLength} bytes`)
    }
    // Almost every command set is one fragment; pieces that must wait are copied, not to keep whole chunks alive.
    this.#commandPieces.push(isLast ? bytes : bytes.slice())
    if (isLast) this.#endCommand()
  }

  #endCommand(): void {
    const [first] = this.#commandPieces
    const whole = first && this.#commandPieces.length === 1 ? first : Buffer.concat(this.#commandPieces)
    this.#commandPieces = []
    this.#commandLength = 0
    const command = decodeCommandSet(whole)
    const hasDataSet = command.commandDataSetType !== noDataSet
    this.#state = hasDataSet ? 'dataSet' : 'idle'
    this.#sink.command(this.#contextId, command)
    if (!hasDataSet) this.#sink.endOfMessage()
  }

  #dataSetPiece(bytes: Uint8Array, isLast: boolean): void {
    this.#dataSetLength += bytes.length
    if (this.#dataSetLength > this.#limits.maxDataSetLength) {
      throw new DimseProtocolError(`a data set above ${this.#limits.maxDataSetLength} bytes`)
    }
    if (bytes.length > 0) this.#sink.data(bytes)
    if (!isLast) return
    this.#state = 'idle'
    this.#sink.endOfMessage()
  }
}
