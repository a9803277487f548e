import { DatabaseSync } from 'node:sqlite'
import { DomainError } from '../../model/domain-error.ts'
import { migrations } from '../migrations/migrations.ts'
import { registerFunctions } from './functions.ts'
import { checkpointPages } from './write-ahead-log.ts'

/** The one connection that writes. A commit returns after the write-ahead log is synced. */
export function openForWriting(path: string): {
  readonly database: DatabaseSync
  readonly isSettled: boolean
} {
  const database = new DatabaseSync(path)
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -32768;
    PRAGMA wal_autocheckpoint = ${checkpointPages};
  `)
  migrate(database)
  const isSettled = readPragma(database, 'application_id') === settledMark
  return { database, isSettled }
}

export function openForReading(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true })
  database.exec('PRAGMA cache_size = -16384; PRAGMA busy_timeout = 5000;')
  return database
}

/** `PRAGMA application_id` of a catalog that is known to tell all that its storage holds: the letters KFOI. */
export const settledMark = 0x4b464f49

function readPragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
}

function migrate(database: DatabaseSync): void {
  const seen = readPragma(database, 'user_version')
  if (seen > migrations.length) {
    throw new DomainError(
      'IncompatibleDatabaseVersion',
      `The catalog has version ${seen}, this program knows ${migrations.length}`,
    )
  }
  if (seen === migrations.length) return
  registerFunctions(database)
  // Migrations may do what no other statement may: write to the schema.
  database.enableDefensive(false)
  for (const [index, sql] of migrations.entries()) {
    if (index < seen) continue
    database.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1}; COMMIT;`)
  }
  database.enableDefensive(true)
}

/**
 * Holds the storage for this process until closed: the lock is the system's, so a killed process leaves none.
 * Errors: `DatabaseUnavailable` when another process has it.
 */
export function lockStorage(path: string): { release(): void } {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;')
  } catch (error) {
    database.close()
    throw new DomainError('DatabaseUnavailable', 'Another process has the storage open', { cause: error })
  }
  return {
    release: () => {
      if (database.isOpen) database.close()
    },
  }
}
