const [bytes, first] = [Int32Array.BYTES_PER_ELEMENT, 0] as const

/**
 * Counts commits in memory that threads share, so that readers know without a question to the database whether
 * something changed. Odd while a commit is on its way, which may be visible to readers already or not yet.
 */
export class CommitCount {
  /** For another thread. */
  readonly memory: SharedArrayBuffer
  readonly #count: Int32Array

  constructor(memory = new SharedArrayBuffer(bytes)) {
    this.memory = memory
    this.#count = new Int32Array(memory)
  }

  /** For the one thread that writes. What `commit` throws it throws. */
  during(commit: () => void): void {
    Atomics.add(this.#count, first, 1)
    try {
      commit()
    } finally {
      Atomics.add(this.#count, first, 1)
    }
  }

  /** Stays the same as long as nothing changes. Undefined while something may change at any moment. */
  version(): number | undefined {
    const count = Atomics.load(this.#count, first)
    return count % 2 === 0 ? count : undefined
  }
}
