import type { ProposedContext } from '../pdu/pdu.ts'

/** A SOP class, and a transfer syntax that instances of it may be sent in. */
export interface StoragePair {
  readonly sopClassUid: string
  readonly transferSyntaxUid: string
}

/** Presentation context IDs are odd and have one byte (PS3.8 9.3.2.2). */
export const maxPresentationContexts = 128

/**
 * Divides pairs over as few associations as their order allows; the pairs of a SOP class stay together, so that an
 * instance whose own transfer syntax is refused can be sent in another on the same association.
 */
export function divideStoragePairs(pairs: readonly StoragePair[]): readonly (readonly StoragePair[])[] {
  const parts: StoragePair[][] = []
  let part: StoragePair[] = []
  for (const together of pairsByClass(pairs)) {
    if (part.length + together.length > maxPresentationContexts) part = []
    for (const pair of together) {
      if (part.length === maxPresentationContexts) part = []
      if (part.length === 0) parts.push(part)
      part.push(pair)
    }
  }
  return parts
}

/**
 * Presentation contexts for at most `maxPresentationContexts` pairs. Each has one of its own: of several transfer
 * syntaxes the acceptor would choose one, and not tell whether it takes the others.
 */
export const storageContexts = (pairs: readonly StoragePair[]): readonly Omit<ProposedContext, 'id'>[] =>
  pairs.map(({ sopClassUid, transferSyntaxUid }) => ({
    abstractSyntax: sopClassUid,
    transferSyntaxes: [transferSyntaxUid],
  }))

/** Each pair once, in order of appearance. */
function pairsByClass(pairs: readonly StoragePair[]): Iterable<readonly StoragePair[]> {
  const byClass = new Map<string, Map<string, StoragePair>>()
  for (const pair of pairs) {
    const together = byClass.get(pair.sopClassUid) ?? new Map<string, StoragePair>()
    byClass.set(pair.sopClassUid, together.set(pair.transferSyntaxUid, pair))
  }
  return [...byClass.values()].map((together) => [...together.values()])
}
