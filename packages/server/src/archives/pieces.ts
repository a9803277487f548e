import { crc32 } from 'node:zlib'
import type { Allocate } from '../model/allocate.ts'
import { DomainError } from '../model/domain-error.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import type { ReadAhead } from './read-ahead.ts'

/** What is to be done for an archive, in its order. */
export type Step =
  | { readonly kind: 'begin'; readonly entry: ArchiveEntry }
  | { readonly kind: 'piece'; readonly size: number; readonly packed: Promise<Uint8Array> }
  /** The entry is complete. */
  | { readonly kind: 'end'; readonly crc: number; readonly size: number }
  /** The entry cannot be read to its end. */
  | { readonly kind: 'broken'; readonly error: unknown }

/** How files become what the archive holds. */
export interface Cut {
  readonly pieceBytes: number
  /** Memory of pieces, if it is another than usual. */
  readonly allocate?: Allocate
  /** For the pieces of one file. */
  packOf(entry: ArchiveEntry): (piece: Uint8Array) => Promise<Uint8Array>
}

/** The files one after the other. */
export async function* cutEntries(
  entries: Iterable<ArchiveEntry> | AsyncIterable<ArchiveEntry>,
  { pieceBytes, allocate, packOf }: Cut,
): AsyncGenerator<Step, void, undefined> {
  for await (const entry of entries) {
    yield { kind: 'begin', entry }
    const pack = packOf(entry)
    let [crc, size] = [0, 0]
    try {
      for await (const piece of regroup(entry.read(undefined, allocate), pieceBytes)) {
        crc = crc32(piece, crc)
        size += piece.length
        if (size > (entry.size ?? size)) break
        yield { kind: 'piece', size: piece.length, packed: pack(piece) }
      }
      if (size === (entry.size ?? size)) yield { kind: 'end', crc, size }
      else yield { kind: 'broken', error: unexpectedSize() }
    } catch (error) {
      yield { kind: 'broken', error }
    }
  }
}

export const unexpectedSize = (): DomainError =>
  new DomainError('CorruptedFile', 'The file has not the size that it should have')

/** The same bytes in pieces that have at least that size, but for the last one, and at most twice of it. */
export async function* regroup(
  chunks: AsyncIterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let [held, bytes]: [Uint8Array[], number] = [[], 0]
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const room = 2 * pieceBytes - bytes
      // The very chunk where it is taken whole: its memory may be used again.
      const part = at === 0 && chunk.length <= room ? chunk : chunk.subarray(at, at + room)
      at += part.length
      held.push(part)
      bytes += part.length
      if (bytes < pieceBytes) continue
      yield joined(held)
      ;[held, bytes] = [[], 0]
    }
  }
  if (bytes > 0) yield joined(held)
}

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)

/** What bounds the steps that are taken ahead. */
export interface Window {
  readonly windowBytes: number
  readonly windowPieces: number
  /** Shared with others. */
  readonly ahead: ReadAhead
}

/**
 * The same steps, some of them begun before they are asked for: as many as the window holds, but no more once the
 * first is ready, so that whoever waits gets it at once. The very first piece is given unpacked: what stands before it
 * can be sent meanwhile.
 */
export async function* lookAhead(
  steps: AsyncGenerator<Step, void, undefined>,
  { windowBytes, windowPieces, ahead }: Window,
): AsyncGenerator<Step, void, undefined> {
  const queue: { readonly step: Step; isReady: boolean }[] = []
  let [bytes, isOver, isFirst] = [0, false, true]
  const fill = async (): Promise<void> => {
    const { value: step, done } = await steps.next()
    isOver = done === true
    if (step === undefined) return
    const item = { step, isReady: step.kind !== 'piece' || isFirst }
    if (step.kind === 'piece') {
      isFirst = false
      bytes += step.size
      ahead.take(step.size)
      const settle = (): void => {
        item.isReady = true
      }
      // A failure is met by whoever takes the piece.
      step.packed.then(settle, settle)
    }
    queue.push(item)
  }
  const hasRoom = (): boolean =>
    queue.length === 0 || (bytes < windowBytes && queue.length < windowPieces && ahead.hasRoom)
  const release = (size: number): void => {
    bytes -= size
    ahead.give(size)
  }
  try {
    for (;;) {
      do {
        if (!isOver && hasRoom()) await fill()
      } while (!isOver && hasRoom() && queue[0]?.isReady !== true)
      const next = queue.shift()
      if (next === undefined) return
      yield next.step
      if (next.step.kind === 'piece') release(next.step.size)
    }
  } finally {
    release(bytes)
    await steps.return()
    await Promise.allSettled(queue.map(({ step }) => (step.kind === 'piece' ? step.packed : undefined)))
  }
}
