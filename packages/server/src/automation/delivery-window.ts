import { Bell } from '../changes/bell.ts'

/** Which changes are on their way, and hence up to where all are delivered. */
export class DeliveryWindow {
  /** In ascending order, as they were opened. */
  readonly #open = new Set<number>()
  readonly #room = new Bell()
  #reached: number

  constructor(cursor: number) {
    this.#reached = cursor
  }

  /** Every wanted change up to this sequence number is delivered. */
  get cursor(): number {
    for (const first of this.#open) return first - 1
    return this.#reached
  }

  open(sequence: number): void {
    this.#open.add(sequence)
    this.reach(sequence)
  }

  /** The feed was read up to here. */
  reach(sequence: number): void {
    this.#reached = Math.max(this.#reached, sequence)
  }

  /** It is delivered. */
  close(sequence: number): void {
    this.#open.delete(sequence)
    this.#room.ring()
  }

  /** Resolves when fewer than `most` are open, or when the signal says to end. */
  async room(most: number, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', this.#room.ring)
    while (this.#open.size >= most && !signal.aborted) {
      this.#room.hush()
      await this.#room.wait(Number.POSITIVE_INFINITY)
    }
    signal.removeEventListener('abort', this.#room.ring)
  }
}
