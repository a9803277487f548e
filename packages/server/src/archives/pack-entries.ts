import type { ArchiveEntry } from './archive-entry.ts'
import type { ArchiveLimits } from './archive-limits.ts'
import { type Deflater, streamEnd } from './deflater.ts'
import { type Cut, cutEntries, lookAhead, type Step } from './pieces.ts'
import type { ReadAhead } from './read-ahead.ts'
import {
  descriptor,
  fileBytes,
  isBeyond32,
  localHeader,
  type ZipHead,
  type ZipMethod,
  type ZipRecord,
} from './zip-format.ts'

export interface Packing {
  readonly method: ZipMethod
  readonly deflater: Deflater
  readonly limits: ArchiveLimits
  readonly ahead: ReadAhead
  /** Where the first byte comes to stand in the archive. */
  readonly offset: number
  /** Whether somebody waits for the first byte: then the first file begins before all of it is compressed. */
  readonly isPrompt: boolean
  readonly signal?: AbortSignal | undefined
  /** For the central directory. */
  onPacked(record: ZipRecord): void
  /** The file cannot be read, and is left out. */
  onSkipped(entry: ArchiveEntry, error: unknown): void
  /** Bytes of content that were taken in. */
  onProgress?(bytes: number): void
}

export type Entries = Iterable<ArchiveEntry> | AsyncIterable<ArchiveEntry>

type Steps = AsyncGenerator<Step, void, undefined>

type Bytes = Generator<Uint8Array, void, undefined>

/**
 * Files with their local headers, as they stand in an archive. A file that cannot be read is left out, as long as
 * nothing of it was given; after that, and when the signal aborts, this fails.
 */
export async function* packEntries(
  entries: Entries,
  packing: Packing,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { method, limits, ahead } = packing
  const steps = lookAhead(cutEntries(entries, cutFor(packing)), { ...limits, ahead })
  const layout = { packing, offset: packing.offset, isFirst: packing.isPrompt && method === 'deflated' }
  try {
    for (;;) {
      packing.signal?.throwIfAborted()
      const { value: step } = await steps.next()
      if (step?.kind !== 'begin') return
      yield* packEntry(step.entry, steps, layout)
    }
  } finally {
    await steps.return()
  }
}

interface Layout {
  readonly packing: Packing
  offset: number
  isFirst: boolean
}

function cutFor({ method, deflater, limits: { pieceBytes } }: Packing): Cut {
  if (method === 'stored') return { pieceBytes, packOf: () => async (piece) => piece }
  let [folder, alike] = ['', deflater.alike()]
  const packOf: Cut['packOf'] = ({ name }) => {
    const at = name.slice(0, name.lastIndexOf('/') + 1)
    if (at !== folder) [folder, alike] = [at, deflater.alike()]
    return alike
  }
  return { pieceBytes, packOf, allocate: deflater.allocate }
}

async function* packEntry(
  entry: ArchiveEntry,
  steps: Steps,
  layout: Layout,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { packing } = layout
  const draft = new EntryDraft(entry, layout)
  for (;;) {
    packing.signal?.throwIfAborted()
    const { value: step } = await steps.next()
    switch (step?.kind) {
      case 'piece':
        yield* draft.announce(step.size)
        yield* draft.add(await step.packed)
        packing.onProgress?.(step.size)
        break
      case 'end':
        yield* draft.finish(step.crc, step.size)
        return
      case 'broken':
        packing.signal?.throwIfAborted()
        if (draft.isBegun) throw step.error
        packing.onSkipped(entry, step.error)
        return
      default:
        throw new Error('A file of an archive has no end')
    }
  }
}

/** Chunks below this size go out together with their header. */
const smallBytes = 128 * 1024

/** A file of which some is there. It is held back until it is complete, unless it is long or somebody waits for it. */
class EntryDraft {
  readonly #entry: ArchiveEntry
  readonly #layout: Layout
  readonly #held: Uint8Array[] = []
  readonly #isHasty: boolean
  #announced = 0
  #packedSize = 0
  #begun: ZipHead | undefined

  constructor(entry: ArchiveEntry, layout: Layout) {
    this.#entry = entry
    this.#layout = layout
    this.#isHasty = layout.isFirst || (entry.size ?? 0) > layout.packing.limits.wholeBytes
  }

  get isBegun(): boolean {
    return this.#begun !== undefined
  }

  /** So many more bytes of content are on their way. */
  *announce(size: number): Bytes {
    this.#announced += size
    if (this.#begun !== undefined) return
    if (!this.#isHasty && this.#announced <= this.#layout.packing.limits.wholeBytes) return
    this.#layout.isFirst = false
    this.#begun = this.#head({
      hasDescriptor: true,
      isLarge: this.#mayBeLarge(),
      crc: 0,
      size: 0,
      packedSize: 0,
    })
    yield localHeader(this.#begun)
    yield* this.#held
  }

  *add(packed: Uint8Array): Bytes {
    this.#packedSize += packed.length
    if (this.#begun === undefined) this.#held.push(packed)
    else yield packed
  }

  *finish(crc: number, size: number): Bytes {
    const { packing } = this.#layout
    this.#layout.isFirst = false
    if (packing.method === 'deflated') yield* this.add(streamEnd)
    const packedSize = this.#packedSize
    if (this.#begun === undefined) {
      const head = this.#head({ hasDescriptor: false, isLarge: false, crc, size, packedSize })
      const all = [localHeader(head), ...this.#held]
      if (packedSize < smallBytes) yield Buffer.concat(all)
      else yield* all
      this.#record(head)
    } else {
      const head = { ...this.#begun, crc, size, packedSize }
      yield descriptor(head)
      this.#record(head)
    }
  }

  #head(rest: Pick<ZipHead, 'hasDescriptor' | 'isLarge' | 'crc' | 'size' | 'packedSize'>): ZipHead {
    const { name, modified } = this.#entry
    return { name, modified, method: this.#layout.packing.method, ...rest }
  }

  /** Deflating what cannot be made smaller adds less than a 256th. */
  #mayBeLarge(): boolean {
    const { size } = this.#entry
    if (size === undefined) return true
    return isBeyond32(this.#layout.packing.method === 'stored' ? size : size + size / 256 + streamEnd.length)
  }

  #record(head: ZipHead): void {
    const record = { ...head, offset: this.#layout.offset }
    this.#layout.offset += fileBytes(record)
    this.#layout.packing.onPacked(record)
  }
}
