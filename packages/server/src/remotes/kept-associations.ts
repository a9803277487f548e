import { type Association, AssociationError, type StoragePair } from '@kingsfoil/dimse'
import { DomainError } from '../model/domain-error.ts'
import type { Destination } from './destination.ts'
import { keyOfPair, type PairsOfClass, RememberedPairs } from './remembered-pairs.ts'
import type { RemoteLimits } from './remote-limits.ts'

export interface KeptAssociationsOptions {
  readonly open: (
    destination: Destination,
    pairs: readonly StoragePair[],
    signal: AbortSignal | undefined,
  ) => Promise<Association>
  /** Milliseconds that an association is kept without use. */
  readonly closeDelay: number
  readonly limits: RemoteLimits
}

interface Kept {
  readonly association: Association
  readonly destination: string
  /** Keys of the pairs that were proposed. */
  readonly proposed: ReadonlySet<string>
  timer: NodeJS.Timeout | undefined
}

/**
 * Associations for C-STORE, kept for a while for those who want to send to the same destination. One is used by one
 * sender at a time. While an association is wanted that the idle one is no good for, that one is released first: many
 * peers serve a single association.
 */
export class KeptAssociations {
  readonly #options: KeptAssociationsOptions
  readonly #remembered: RememberedPairs
  readonly #idle = new Set<Kept>()
  readonly #inUse = new Set<Kept>()
  readonly #ending = new Set<Promise<void>>()
  #isClosed = false

  constructor(options: KeptAssociationsOptions) {
    this.#options = options
    this.#remembered = new RememberedPairs(options.limits)
  }

  /** Tells what is going to be sent, in order, so that one association is good for all of it. */
  expect(destination: Destination, pairs: readonly StoragePair[]): void {
    this.#remembered.announce(keyOf(destination), pairs)
  }

  /**
   * Does `work` over an association on which `pairs` were proposed, whatever the peer said to them: all of one SOP
   * class, the one that matters most first. A kept one that turns out to be gone is replaced once. `signal` aborts the association.
   * Errors: those of `open` and `work`; the reason of `signal`; `NetworkProtocol` after `close`.
   */
  async use<Result>(
    destination: Destination,
    pairs: PairsOfClass,
    work: (association: Association) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    signal?.throwIfAborted()
    this.#remembered.add(keyOf(destination), pairs)
    const kept = this.#take(keyOf(destination), pairs)
    if (kept === undefined) return this.#work(await this.#open(destination, pairs, signal), work, signal)
    try {
      return await this.#work(kept, work, signal)
    } catch (error) {
      if (!(error instanceof AssociationError)) throw error
      return this.#work(await this.#open(destination, pairs, signal), work, signal)
    }
  }

  /** Releases what is idle, aborts what is in use; no association is left. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const kept of this.#idle) this.#release(kept)
    for (const kept of this.#inUse) this.#abort(kept)
    while (this.#ending.size > 0) await Promise.all(this.#ending)
  }

  #take(destination: string, pairs: readonly StoragePair[]): Kept | undefined {
    const candidates = [...this.#idle].filter((kept) => kept.destination === destination)
    const fitting = candidates.find(({ proposed }) => pairs.every((pair) => proposed.has(keyOfPair(pair))))
    if (fitting === undefined) for (const kept of candidates) this.#release(kept)
    else this.#leaveIdle(fitting)
    return fitting
  }

  async #open(destination: Destination, pairs: PairsOfClass, signal: AbortSignal | undefined): Promise<Kept> {
    this.#refuseWhenClosed()
    const key = keyOf(destination)
    const proposed = this.#remembered.startingWith(key, pairs)
    const association = await this.#options.open(destination, proposed, signal)
    const kept = {
      association,
      destination: key,
      proposed: new Set(proposed.map(keyOfPair)),
      timer: undefined,
    }
    void association.closed.then(() => this.#leaveIdle(kept))
    if (this.#isClosed) this.#abort(kept)
    this.#refuseWhenClosed()
    return kept
  }

  async #work<Result>(
    kept: Kept,
    work: (association: Association) => Promise<Result>,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    const abort = (): void => this.#abort(kept)
    signal?.addEventListener('abort', abort)
    this.#inUse.add(kept)
    try {
      signal?.throwIfAborted()
      const result = await work(kept.association)
      this.#keep(kept)
      return result
    } catch (error) {
      if (error instanceof AssociationError || signal?.aborted) this.#abort(kept)
      else this.#keep(kept)
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#inUse.delete(kept)
    }
  }

  #keep(kept: Kept): void {
    if (this.#isClosed) {
      this.#release(kept)
      return
    }
    const { closeDelay, limits } = this.#options
    this.#idle.add(kept)
    kept.timer = setTimeout(() => this.#release(kept), Math.max(closeDelay, limits.leastKeptTime))
  }

  #leaveIdle(kept: Kept): void {
    clearTimeout(kept.timer)
    this.#idle.delete(kept)
  }

  #release(kept: Kept): void {
    this.#leaveIdle(kept)
    const { association } = kept
    const deadline = setTimeout(() => void association.abort(), this.#options.limits.releaseTime)
    const released = association.release().catch((error: unknown) => {
      if (!(error instanceof AssociationError)) throw error
    })
    this.#watch(released.then(() => association.closed).finally(() => clearTimeout(deadline)))
  }

  #abort(kept: Kept): void {
    this.#leaveIdle(kept)
    this.#watch(kept.association.abort())
  }

  #watch(end: Promise<void>): void {
    const ended = end.finally(() => this.#ending.delete(ended))
    this.#ending.add(ended)
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new DomainError('NetworkProtocol', 'The server is stopping')
  }
}

const keyOf = ({ host, port, calledAeTitle, callingAeTitle, useTls, timeout }: Destination): string =>
  JSON.stringify([host, port, calledAeTitle, callingAeTitle, useTls, timeout])
