import { divideStoragePairs, type StoragePair } from '@kingsfoil/dimse'
import type { RemoteLimits } from './remote-limits.ts'

type Limits = Pick<RemoteLimits, 'rememberedPairs' | 'rememberedDestinations'>

/** What each destination was, or is going to be, sent: an association proposes it all, and is good for what follows. */
export class RememberedPairs {
  readonly #limits: Limits
  /** By destination and pair; what was named last comes last. */
  readonly #byDestination = new Map<string, Map<string, StoragePair>>()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  add(destination: string, pairs: readonly StoragePair[]): void {
    const known = this.#byDestination.get(destination) ?? new Map<string, StoragePair>()
    this.#byDestination.delete(destination)
    this.#byDestination.set(destination, known)
    for (const pair of pairs) {
      known.delete(keyOfPair(pair))
      known.set(keyOfPair(pair), pair)
    }
    dropFirst(known, this.#limits.rememberedPairs)
    dropFirst(this.#byDestination, this.#limits.rememberedDestinations)
  }

  /** As many pairs as fit into one association with this one; nothing if it was not added. */
  around(destination: string, wanted: StoragePair): readonly StoragePair[] {
    const parts = divideStoragePairs([...(this.#byDestination.get(destination)?.values() ?? [])])
    const key = keyOfPair(wanted)
    return parts.find((part) => part.some((pair) => keyOfPair(pair) === key)) ?? []
  }
}

export const keyOfPair = ({ sopClassUid, transferSyntaxUid }: StoragePair): string =>
  `${sopClassUid} ${transferSyntaxUid}`

function dropFirst(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}
