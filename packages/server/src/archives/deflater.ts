import { constants } from 'node:zlib'
import type { Allocate } from '../model/allocate.ts'
import { archiveLimits } from './archive-limits.ts'
import { DeflateStreams, type Way } from './deflate-streams.ts'
import { PieceBuffers } from './piece-buffers.ts'
import { Slots } from './slots.ts'

/** For what has repetitions. Higher levels take twice the time, and win 1 to 3 %. */
const matching: Way = { level: 4, memLevel: 8 }

/** For noisy pixels, which have none: Huffman codes and runs alone, in less than half of the time. */
const runs: Way = { level: 1, strategy: constants.Z_RLE, memLevel: 9 }

/** For what was compressed before. */
const copying: Way = { level: 0 }

/** How much larger the result of a quicker way may be. */
const [runsMayCost, copyingMayCost] = [1.01, 1.02]

/** Stretches of a piece that the ways are tried on, their bytes, and pieces after which they are tried again. */
const [stretches, stretchBytes, piecesPerTrial] = [8, 8 * 1024, 16]

/** Shorter pieces tell nothing about others, and take no time. */
const leastSampleBytes = 16 * 1024

/** What is read at a time, and how many of those are kept for the next archive. */
const [keptBytes, keptBuffers] = [640 * 1024, 16]

/** What ends a stream whose last block was not marked so: an empty block with fixed codes (RFC 1951 3.2.6). */
export const streamEnd = Uint8Array.of(0x03, 0x00)

/**
 * Compresses pieces in the native threads. Each piece is a stretch of a deflate stream that ends at a byte and refers
 * to nothing before it, so pieces of one file are compressed side by side and joined.
 */
export class Deflater {
  readonly #slots: Slots
  readonly #streams = new Map<Way, DeflateStreams>()
  readonly #buffers = new PieceBuffers(keptBytes, keptBuffers)

  constructor(parallelPieces: number = archiveLimits.parallelPieces) {
    this.#slots = new Slots(parallelPieces)
  }

  /** Memory for pieces, which is used again once they are compressed. */
  get allocate(): Allocate {
    return this.#buffers.take
  }

  /** For pieces that resemble each other, as those of a series do: one way for all, tried from time to time. */
  alike(): (piece: Uint8Array) => Promise<Uint8Array> {
    let way: Promise<Way> = Promise.resolve(matching)
    let pieces = 0
    return async (piece) => {
      if (piece.length < leastSampleBytes) return this.#deflate(piece, matching)
      if (pieces++ % piecesPerTrial === 0) way = this.#chooseFor(piece)
      const packed = await this.#deflate(piece, await way)
      this.#buffers.give(piece)
      return packed
    }
  }

  /** In several places: the edge of an image is unlike its middle. */
  async #chooseFor(piece: Uint8Array): Promise<Way> {
    const sample = spread(piece)
    const [matched, run] = await Promise.all([this.#deflate(sample, matching), this.#deflate(sample, runs)])
    const best = Math.min(matched.length, run.length)
    if (sample.length <= best * copyingMayCost) return copying
    return run.length <= matched.length * runsMayCost ? runs : matching
  }

  #deflate(piece: Uint8Array, way: Way): Promise<Uint8Array> {
    const streams = this.#streams.get(way) ?? new DeflateStreams(way)
    this.#streams.set(way, streams)
    return this.#slots.run(() => streams.deflate(piece))
  }
}

function spread(piece: Uint8Array): Uint8Array {
  if (piece.length <= stretches * stretchBytes) return piece
  const step = piece.length / stretches
  const middle = (step - stretchBytes) / 2
  const parts = Array.from({ length: stretches }, (_, index) => {
    const start = Math.floor(index * step + middle)
    return piece.subarray(start, start + stretchBytes)
  })
  return Buffer.concat(parts)
}
