import { closeSync, fdatasyncSync, fstatSync, openSync, writeSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { isFullDisk, resultCodeOf } from './full-disk.ts'

/** Pages of 4 KiB in the write-ahead log before it is worked into the database. */
export const checkpointPages = 2048

/** What the log has come to when that happens: each page has a header of 24 bytes (sqlite.org/walformat.html). */
const logBytes = Math.ceil(checkpointPages * 1.1) * (4096 + 24)

/**
 * Gives the log of an open database its full length: what then is written takes the place of bytes that are there
 * already, and its sync does not have to wait for the file system to note a new length. SQLite takes zeros for no log.
 */
export function extendLog(database: string): void {
  const fd = openSync(`${database}-wal`, 'r+')
  try {
    const { size } = fstatSync(fd)
    if (size >= logBytes) return
    writeSync(fd, Buffer.alloc(logBytes - size), 0, logBytes - size, size)
    fdatasyncSync(fd)
  } catch (error) {
    // Without room for it now the log grows when there is some.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')))
      throw error
  } finally {
    closeSync(fd)
  }
}

/**
 * Takes over from SQLite, which works a long log into the database before a commit returns: the result does so when
 * it is called, so that whoever waits for the commit need not wait for that, too.
 */
export function createCheckpoint(database: DatabaseSync): () => void {
  database.exec('PRAGMA wal_autocheckpoint = 0')
  const measure = database.prepare('PRAGMA wal_checkpoint(NOOP)')
  const run = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')
  return () => {
    const { log, checkpointed } = measure.get() ?? {}
    if (Number(log) < checkpointPages || log === checkpointed) return
    try {
      run.get()
    } catch (error) {
      // Without room the log stays as it is, with all that was committed, and the next transaction comes back to it.
      if (!isFullDisk(resultCodeOf(error))) throw error
    }
  }
}
