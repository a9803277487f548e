import { join } from 'node:path'
import { openForReading } from './sqlite/database.ts'
import { Session } from './sqlite/session.ts'

/** The index of ids, what it should have when nothing is left to be removed, and what removals have of it. */
export interface IdEntries {
  readonly entries: ReadonlySet<string>
  readonly rows: ReadonlySet<string>
  readonly removals: ReadonlySet<string>
}

export function readIdEntries(session: Session): IdEntries {
  const read = (prefix: string, instance: string, from: string): ReadonlySet<string> =>
    new Set(session.list(`SELECT hex(${prefix}), ${instance} FROM ${from}`).map((row) => row.join(' ')))
  return {
    entries: read('prefix', 'instance', 'instance_ids'),
    rows: read('substr(id, 1, 6)', 'key', 'instances'),
    removals: read('prefix', 'instance', 'removals WHERE instance NOT NULL'),
  }
}

/** Of the catalog in a folder, which may be open. */
export function readStoredIdEntries(folder: string): IdEntries {
  const session = new Session(openForReading(join(folder, 'catalog.sqlite')))
  try {
    return readIdEntries(session)
  } finally {
    session.close()
  }
}
