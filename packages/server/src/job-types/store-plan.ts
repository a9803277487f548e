import { setImmediate } from 'node:timers/promises'
import { divideStoragePairs, type StoragePair } from '@kingsfoil/dimse'
import { DomainError } from '../model/domain-error.ts'
import type { Level } from '../model/level.ts'
import { systemMetadata } from '../model/metadata.ts'
import type { Resources } from '../resources/resources.ts'

/** One instance to send, and the position of the resource it was chosen with. */
export interface StoreStep {
  readonly instance: string
  readonly resource: number
  readonly [member: string]: string | number
}

export interface StorePlan {
  readonly steps: readonly StoreStep[]
  /** What an association should be good for. */
  readonly pairs: readonly StoragePair[]
}

type ResourcesRoom = Pick<Resources, 'get' | 'descendants' | 'firstInstance'>

interface Group {
  readonly steps: readonly StoreStep[]
  readonly pair: StoragePair | undefined
}

/**
 * Every instance once, series by series. Where one association has not enough presentation contexts for all, series
 * that share an association follow each other; `widen` adds what else is proposed for a pair.
 * Errors: `UnknownResource`.
 */
export async function planStore(
  chosen: readonly { readonly level: Level; readonly id: string }[],
  resources: ResourcesRoom,
  widen: (pairs: readonly StoragePair[]) => readonly StoragePair[],
): Promise<StorePlan> {
  const groups: Group[] = []
  const planned = new Set<string>()
  for (const [resource, { level, id }] of chosen.entries()) {
    for (const instances of await instancesOf(level, id, resources)) {
      const fresh = instances.filter((instance) => !planned.has(instance))
      for (const instance of fresh) planned.add(instance)
      const [first] = fresh
      if (first === undefined) continue
      const steps = fresh.map((instance) => ({ instance, resource }))
      groups.push({ steps, pair: await pairOf(first, resources) })
      // The catalog answers at once: others want their turn, too.
      if (groups.length % groupsPerTurn === 0) await setImmediate()
    }
  }
  const pairs = groups.flatMap(({ pair }) => (pair === undefined ? [] : [pair]))
  return { steps: inOrder(groups, divideStoragePairs(widen(pairs))), pairs: divideStoragePairs(pairs).flat() }
}

const groupsPerTurn = 64

/** By series. */
async function instancesOf(
  level: Level,
  id: string,
  resources: ResourcesRoom,
): Promise<readonly (readonly string[])[]> {
  if (level === 'Instance') {
    if ((await resources.get(level, id)) === undefined) throw unknown(id)
    return [[id]]
  }
  const series = level === 'Series' ? [id] : await resources.descendants(level, id, 'Series')
  if (series === undefined) throw unknown(id)
  const lists = []
  for (const each of series) lists.push(await resources.descendants('Series', each, 'Instance'))
  if (level === 'Series' && lists[0] === undefined) throw unknown(id)
  // A series that went in the meantime has no instances.
  return lists.map((list) => list ?? [])
}

const unknown = (id: string): DomainError => new DomainError('UnknownResource', id)

/** The instances of a series are of one kind, or nearly so: the first one tells. */
async function pairOf(instance: string, resources: ResourcesRoom): Promise<StoragePair | undefined> {
  const metadata = (await resources.get('Instance', instance))?.metadata
  const sopClassUid = metadata?.[systemMetadata.SopClassUid]
  const transferSyntaxUid = metadata?.[systemMetadata.TransferSyntax]
  if (sopClassUid === undefined || transferSyntaxUid === undefined) return undefined
  return { sopClassUid, transferSyntaxUid }
}

function inOrder(
  groups: readonly Group[],
  associations: readonly (readonly StoragePair[])[],
): readonly StoreStep[] {
  const places = new Map(
    associations.flatMap((pairs, place) => pairs.map(({ sopClassUid }) => [sopClassUid, place] as const)),
  )
  const placeOf = ({ pair }: Group): number => (pair === undefined ? 0 : (places.get(pair.sopClassUid) ?? 0))
  return groups.toSorted((one, other) => placeOf(one) - placeOf(other)).flatMap(({ steps }) => steps)
}
