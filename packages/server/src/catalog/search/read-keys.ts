import type { Session, SqlValue } from '../sqlite/session.ts'

/**
 * The keys that a statement gives, in its order. They come as one text, which takes a tenth of the memory of a row for
 * each, and that is to be cleared away again.
 */
export function readKeys(session: Session, sql: string, ...values: readonly SqlValue[]): readonly number[] {
  const [row] = session.list(`SELECT group_concat(key) FROM (${sql})`, ...values)
  return toKeys(row?.[0])
}

/** The numbers of a `group_concat`. */
export const toKeys = (joined: unknown): readonly number[] =>
  JSON.parse(`[${String(joined ?? '')}]`) as readonly number[]
