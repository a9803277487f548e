/** Bytes of a buffer, and of a piece of a blob that goes to the disk at a time. */
export const bufferBytes = 1024 * 1024

/** Of `WebAssembly`, which the types of Node leave out. */
declare const WebAssembly: {
  readonly Memory: new (pages: {
    readonly initial: number
    readonly maximum: number
    readonly shared: true
  }) => { readonly buffer: SharedArrayBuffer }
}

const wasmPageBytes = 64 * 1024

export interface AlignedBuffer {
  /** Which one of them it is. */
  readonly index: number
  readonly bytes: Buffer<SharedArrayBuffer>
}

/**
 * Buffers whose addresses are multiples of 64 KiB, as direct writes want them: nothing else in JavaScript is sure to
 * lie so, but the memory of WebAssembly does. They are used again and again, the last one first, which saves the
 * system from finding fresh memory for each instance; what was never used takes none. Other threads can read them.
 */
export class AlignedBuffers {
  readonly memory: SharedArrayBuffer
  readonly count: number
  readonly #free: AlignedBuffer[]

  constructor(count: number) {
    const pages = (count * bufferBytes) / wasmPageBytes
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer
    this.count = count
    this.#free = Array.from({ length: count }, (_, index) => ({
      index,
      bytes: Buffer.from(this.memory, index * bufferBytes, bufferBytes),
    })).reverse()
  }

  /** Undefined when all are out: nobody ever waits for the holder of another one, who may wait for a slow client. */
  take(): AlignedBuffer | undefined {
    return this.#free.pop()
  }

  /** How many are out. */
  get lent(): number {
    return this.count - this.#free.length
  }

  giveBack(buffer: AlignedBuffer): void {
    this.#free.push(buffer)
  }
}
