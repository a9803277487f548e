import { setTimeout as pause } from 'node:timers/promises'
import type { Happening } from '../model/change.ts'
import { Bell } from './bell.ts'
import { type ChangeFilter, isWanted } from './change-filter.ts'
import type { Changes } from './changes.ts'

export interface FollowOptions extends ChangeFilter {
  /** Sequence number after which to start. */
  readonly since: number
  /** Changes that are read at a time. */
  readonly pageSize: number
  /** Milliseconds without a wanted change after which an empty stretch is given. */
  readonly silence: number
  /** Ends it. */
  readonly signal: AbortSignal
}

/** A stretch of the feed. */
export interface Stretch {
  /** The wanted ones of it, in order. */
  readonly happenings: readonly Happening[]
  /** Sequence number of its last one, wanted or not. */
  readonly last: number
}

/** Milliseconds after which a reader looks again: each look costs a question to the catalog. */
const gathered = 50

/**
 * The feed from a cursor on, without end: what is there already in pages, then what comes. It reads on when it is
 * asked for more.
 */
export async function* follow(
  changes: Pick<Changes, 'happenings' | 'onNudge'>,
  { since, pageSize, silence, signal, ...filter }: FollowOptions,
): AsyncGenerator<Stretch> {
  const bell = new Bell()
  const unsubscribe = changes.onNudge(bell.ring)
  signal.addEventListener('abort', bell.ring)
  try {
    let last = since
    let due = performance.now() + silence
    while (!signal.aborted) {
      bell.hush()
      const page = await changes.happenings({ since: last, limit: pageSize })
      last = page.happenings.at(-1)?.sequence ?? last
      const wanted = page.happenings.filter((happening) => isWanted(happening, filter))
      if (wanted.length > 0 || performance.now() >= due) {
        yield { happenings: wanted, last }
        due = performance.now() + silence
      }
      if (!page.done || signal.aborted) continue
      await bell.wait(due - performance.now())
      if (!signal.aborted) await pause(Math.min(gathered, silence))
    }
  } finally {
    signal.removeEventListener('abort', bell.ring)
    unsubscribe()
  }
}
