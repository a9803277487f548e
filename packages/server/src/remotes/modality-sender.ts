import { DicomError, type Dictionary } from '@kingsfoil/dicom'
import {
  type Association,
  acceptedTransferSyntaxes,
  type MoveOriginator,
  type StoragePair,
  type StoreResult,
  statusCategory,
  statuses,
  storageContexts,
} from '@kingsfoil/dimse'
import { DomainError } from '../model/domain-error.ts'
import { type Destination, describeDestination } from './destination.ts'
import type { InstanceSource } from './instance-source.ts'
import { KeptAssociations } from './kept-associations.ts'
import { openAssociation, type ScuOptions } from './open-association.ts'
import { badFile, type OutgoingInstance, outgoingInstance } from './outgoing-instance.ts'
import type { PairsOfClass } from './remembered-pairs.ts'
import { remoteError, statusError } from './remote-error.ts'
import { type RemoteLimits, remoteLimits } from './remote-limits.ts'
import { type Alternatives, uncompressedAlternatives } from './transfer-choice.ts'
import { type VerifyOptions, verify } from './verify.ts'

export interface ModalitySenderOptions extends ScuOptions {
  /** Seconds that an association is kept without use. */
  readonly closeDelay: number
  readonly dictionary: Dictionary
  /** Default: those that take no codec. */
  readonly alternatives?: Alternatives
  readonly limits?: RemoteLimits
}

export interface SendOptions {
  /** Who asked for it by C-MOVE. */
  readonly moveOriginator?: MoveOriginator | undefined
  /** Aborts the association. */
  readonly signal?: AbortSignal | undefined
  /** Told how many bytes of the data set are on their way. */
  readonly onProgress?: (bytes: number) => void
}

export interface SentInstance {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  /** A success, or a warning with which the peer has stored it. */
  readonly status: number
}

/** Sends instances to other DICOM applications, and verifies that they are there. */
export class ModalitySender {
  readonly #options: ModalitySenderOptions
  readonly #alternatives: Alternatives
  readonly #kept: KeptAssociations

  constructor(options: ModalitySenderOptions) {
    this.#options = options
    this.#alternatives = options.alternatives ?? uncompressedAlternatives
    this.#kept = new KeptAssociations({
      open: (destination, pairs, signal) =>
        openAssociation(destination, storageContexts(pairs), options, signal),
      closeDelay: options.closeDelay * 1000,
      limits: options.limits ?? remoteLimits,
    })
  }

  /**
   * Pairs of instances that are going to be sent, and of what these may be turned into. To be told before the first
   * one is sent, so that the association is good for all of them.
   */
  expect(destination: Destination, pairs: readonly StoragePair[]): readonly StoragePair[] {
    const all = pairs.flatMap((pair) => this.#pairsFor(pair, destination))
    this.#kept.expect(destination, all)
    return all
  }

  /**
   * C-STORE of one instance, in its own transfer syntax if the peer takes that. Errors: `NetworkProtocol`, with the
   * status if the peer has refused it; `NoPresentationContext`; `BadFileFormat`; the reason of the signal.
   */
  async send(
    destination: Destination,
    source: InstanceSource,
    options: SendOptions = {},
  ): Promise<SentInstance> {
    const { signal } = options
    const instance = outgoingInstance(source, this.#options.dictionary)
    const { sopClassUid, sopInstanceUid } = instance
    const pairs = this.#pairsFor(instance, destination)
    const store = (association: Association): Promise<StoreResult> =>
      storeOver(association, instance, pairs, { ...options, destination })
    const result = await this.#kept.use(destination, pairs, store, signal).catch((error: unknown) => {
      throw signal?.aborted ? error : remoteError(error, destination)
    })
    if (!isStored(result.status)) throw statusError('C-STORE', result, destination)
    return { sopClassUid, sopInstanceUid, status: result.status }
  }

  /** C-ECHO. Errors: `NetworkProtocol`; the reason of the signal. */
  verify(destination: Destination, options: VerifyOptions): Promise<void> {
    return verify(destination, options, this.#options)
  }

  /** Ends all associations for C-STORE. */
  close(): Promise<void> {
    return this.#kept.close()
  }

  #pairsFor(
    { sopClassUid, transferSyntaxUid }: StoragePair,
    { allowTranscoding }: Destination,
  ): PairsOfClass {
    const others = allowTranscoding ? this.#alternatives(transferSyntaxUid) : []
    return [
      { sopClassUid, transferSyntaxUid },
      ...others.map((other) => ({ sopClassUid, transferSyntaxUid: other })),
    ]
  }
}

/** Warnings mean that the peer has it, and so does the status of one who had it before (PS3.4 B.2.3, PS3.7 C.5). */
const isStored = (status: number): boolean =>
  ['success', 'warning'].includes(statusCategory(status)) || status === statuses.duplicateSopInstance

async function storeOver(
  association: Association,
  instance: OutgoingInstance,
  pairs: PairsOfClass,
  options: SendOptions & { readonly destination: Destination },
): Promise<StoreResult> {
  const { sopClassUid, sopInstanceUid } = instance
  const accepted = acceptedTransferSyntaxes(association.info, sopClassUid)
  const chosen = pairs.find(({ transferSyntaxUid }) => accepted.has(transferSyntaxUid))?.transferSyntaxUid
  if (chosen === undefined) {
    const proposed = pairs.map(({ transferSyntaxUid }) => transferSyntaxUid).join(', ')
    const text = `${describeDestination(options.destination)} takes no ${sopClassUid} in ${proposed}`
    throw new DomainError('NoPresentationContext', text)
  }
  const reading = new NotedReading(await instance.dataSetIn(chosen), options.onProgress)
  try {
    return await association.store({
      sopClassUid,
      sopInstanceUid,
      transferSyntaxUid: chosen,
      dataSet: reading,
      moveOriginator: options.moveOriginator,
    })
  } catch (error) {
    throw reading.failure ?? error
  }
}

/** Notes how far it is, and what goes wrong on this side: to the association that is one more reason to end. */
class NotedReading implements AsyncIterable<Uint8Array> {
  readonly #dataSet: AsyncIterable<Uint8Array>
  readonly #onProgress: SendOptions['onProgress']
  #failure: unknown

  constructor(dataSet: AsyncIterable<Uint8Array>, onProgress: SendOptions['onProgress']) {
    this.#dataSet = dataSet
    this.#onProgress = onProgress
  }

  get failure(): unknown {
    return this.#failure
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      let bytes = 0
      for await (const piece of this.#dataSet) {
        yield piece
        bytes += piece.length
        this.#onProgress?.(bytes)
      }
    } catch (error) {
      this.#failure = error instanceof DicomError ? badFile(error) : error
      throw error
    }
  }
}
