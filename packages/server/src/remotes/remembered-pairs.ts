import { divideStoragePairs, type StoragePair } from '@kingsfoil/dimse'
import type { RemoteLimits } from './remote-limits.ts'

/** Pairs with the same SOP class; at least one. */
export type PairsOfClass = readonly [StoragePair, ...StoragePair[]]

type Limits = Pick<RemoteLimits, 'rememberedPairs' | 'rememberedDestinations'>

/** What each destination was, or is going to be, sent: an association proposes it all, and is good for what follows. */
export class RememberedPairs {
  readonly #limits: Limits
  /** By destination and pair, in the order in which they are expected. */
  readonly #byDestination = new Map<string, Map<string, StoragePair>>()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** These are expected next, in this order. */
  announce(destination: string, pairs: readonly StoragePair[]): void {
    const known = this.#byDestination.get(destination)
    for (const pair of pairs) known?.delete(keyOfPair(pair))
    this.add(destination, pairs)
  }

  /** These may be expected once more. */
  add(destination: string, pairs: readonly StoragePair[]): void {
    const known = this.#byDestination.get(destination) ?? new Map<string, StoragePair>()
    this.#byDestination.delete(destination)
    this.#byDestination.set(destination, known)
    for (const pair of pairs) known.set(keyOfPair(pair), pair)
    dropFirst(known, this.#limits.rememberedPairs)
    dropFirst(this.#byDestination, this.#limits.rememberedDestinations)
  }

  /** For one association: these, and as many of those that follow them as have room. */
  startingWith(destination: string, pairs: PairsOfClass): readonly StoragePair[] {
    const known = [...(this.#byDestination.get(destination)?.values() ?? [])]
    const first = keyOfPair(pairs[0])
    const place = known.findIndex((pair) => keyOfPair(pair) === first) + 1
    const [part = pairs] = divideStoragePairs([...pairs, ...known.slice(place), ...known.slice(0, place)])
    return part
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
