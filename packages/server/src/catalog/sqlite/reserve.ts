import { randomBytes } from 'node:crypto'
import { open, stat, statfs, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

/** Bytes held in reserve: the write-ahead log takes that much when thousands of instances are deleted at once. */
const reserveBytes = 8 << 20

/** Bytes given up at a time: more than one instance needs. */
const stepBytes = 1 << 20

const interval = 5000

// Zeros would take no room where the file system compresses.
const random = promisify(randomBytes)

/**
 * A file that does nothing but take room. Deleting needs room too, in the write-ahead log: on a full disk, where it is
 * needed most, some of this file is given up for it. It is made, and made good, in the background while there is
 * twice the room.
 */
export class Reserve {
  readonly #path: string
  readonly #timer: NodeJS.Timeout
  #filling: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
    this.#timer = setInterval(() => this.#fillAfter(this.#filling), interval).unref()
  }

  /** False when nothing is left. */
  async giveUp(): Promise<boolean> {
    await this.#filling
    const size = await this.#size()
    if (size > 0) await truncate(this.#path, Math.max(0, size - stepBytes))
    return size > 0
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#filling
  }

  /** What fails now is tried again at the next turn; a smaller reserve is better than none. */
  #fillAfter(previous: Promise<void>): void {
    this.#filling = previous.then(() => this.#fill()).catch(() => undefined)
  }

  async #fill(): Promise<void> {
    const missing = reserveBytes - (await this.#size())
    if (missing <= 0) return
    const { bavail, bsize } = await statfs(dirname(this.#path))
    if (bavail * bsize < missing + reserveBytes) return
    await using file = await open(this.#path, 'a')
    for (let left = missing; left > 0; left -= stepBytes) {
      await file.appendFile(await random(Math.min(left, stepBytes)))
    }
    await file.datasync()
  }

  async #size(): Promise<number> {
    const missing = (error: unknown): undefined => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    }
    return (await stat(this.#path).catch(missing))?.size ?? 0
  }
}
