import { read, readSync } from 'node:fs'
import { promisify } from 'node:util'

const readElsewhere = promisify(read) as unknown as (
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  position: number,
) => Promise<{ readonly bytesRead: number }>

/** Milliseconds. What the system has in memory is there in a fraction of one; a disk takes longer. */
const slowRead = 2

/** Reads that follow a slow one in other threads. A single one may be chance; each more in a row doubles them. */
const [leastPatience, mostPatience] = [4, 256]

/**
 * Decides which thread reads. Handing a read to another thread and back takes longer than copying a slice that the
 * system has in memory, so this one reads as long as that proves quick. Once it had to wait for a disk, other threads
 * do for a while.
 */
export class ReadPace {
  readonly #clock: () => number
  #patience = leastPatience
  #elsewhere = 0

  /** `clock`: milliseconds. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock
  }

  /** The number of bytes read, 0 at the end of the file. */
  read(fd: number, buffer: Uint8Array, position: number): number | Promise<number> {
    if (this.#elsewhere > 0) return this.#readElsewhere(fd, buffer, position)
    const start = this.#clock()
    const bytesRead = readSync(fd, buffer, 0, buffer.length, position)
    this.#learn(this.#clock() - start)
    return bytesRead
  }

  #learn(duration: number): void {
    if (duration <= slowRead) {
      this.#patience = leastPatience
      return
    }
    this.#elsewhere = this.#patience
    this.#patience = Math.min(this.#patience * 2, mostPatience)
  }

  async #readElsewhere(fd: number, buffer: Uint8Array, position: number): Promise<number> {
    this.#elsewhere--
    return (await readElsewhere(fd, buffer, 0, buffer.length, position)).bytesRead
  }
}
