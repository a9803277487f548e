import { randomBytes } from 'node:crypto'
import { closeSync, constants } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobThread } from './blob-thread.ts'
import { closeFile, hasCode, makeDirectory, openFile, removeFile, syncDirectory } from './file-system.ts'

/**
 * A file that exists under its final name, empty, its directory synced. A write to it returns when the file, with all
 * that was written before, is synced (O_DSYNC): that is all that is left to do.
 */
export interface Slot {
  readonly key: string
  readonly path: string
  readonly fd: number
}

/** Slots made at a time: they share a directory, one directory sync, and one marker. */
const batchSize = 64

const slotFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_DSYNC

const markerFolder = 'reserved'
const markerPattern = /^[0-9a-f]{8}-[0-9a-f]{4}$/
const keyPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const isKey = (text: string): boolean => keyPattern.test(text)

/** `aa/bb/<key>`, where `aabb` begins the key. */
export const folderOf = (key: string): string => join(key.slice(0, 2), key.slice(2, 4))

/** Bytes of a key that are its own. */
const ownBytes = 9

/** Keys look like UUIDs. Those of a batch share the first thirteen characters, which name its marker. */
function mintKeys(batch: string): readonly string[] {
  const random = randomBytes(batchSize * ownBytes)
  return Array.from({ length: batchSize }, (_, index) => {
    const hex = random.toString('hex', index * ownBytes, (index + 1) * ownBytes)
    return `${batch}-4${hex.slice(0, 3)}-a${hex.slice(3, 6)}-${hex.slice(6, 18)}`
  })
}

const batchOf = (key: string): string => key.slice(0, 13)

/**
 * Keeps slots ready ahead of need, so that the directory's sync is not in the way of an instance.
 *
 * A batch has an empty marker file `reserved/<batch>` from before its first slot exists until its last slot is
 * confirmed or removed. After a crash the markers tell which few files may be referred to by nobody.
 */
export class SlotPool {
  readonly #root: string
  readonly #thread: Pick<BlobThread, 'makeFiles'>
  readonly #ready: Slot[] = []
  /** Slots of a batch whose fate is open, by their keys: a blob is confirmed and removed later, but counts once. */
  readonly #open = new Map<string, Set<string>>()
  readonly #unmarking = new Set<Promise<void>>()
  #making: Promise<void> | undefined

  constructor(root: string, thread: Pick<BlobThread, 'makeFiles'>) {
    this.#root = root
    this.#thread = thread
  }

  async take(): Promise<Slot> {
    for (;;) {
      const slot = this.#ready.pop()
      if (this.#ready.length < batchSize / 2) this.#makeAhead()
      if (slot !== undefined) return slot
      await this.#makeMore()
    }
  }

  /** Failing here is not yet anybody's trouble: whoever finds no slot ready tries again and gets the error. */
  #makeAhead(): void {
    this.#makeMore().catch(() => undefined)
  }

  #makeMore(): Promise<void> {
    this.#making ??= this.#make()
    return this.#making
  }

  async #make(): Promise<void> {
    const digits = randomBytes(6).toString('hex')
    const batch = `${digits.slice(0, 8)}-${digits.slice(8)}`
    const folder = join(this.#root, folderOf(batch))
    const open = new Set<string>()
    this.#open.set(batch, open)
    try {
      await this.#mark(batch)
      await makeDirectory(folder)
      const slots = await this.#createFiles(batch, folder)
      await syncDirectory(folder)
      for (const { key } of slots) open.add(key)
      this.#ready.push(...slots)
    } catch (error) {
      this.#open.delete(batch)
      throw error
    } finally {
      this.#making = undefined
    }
  }

  async #mark(batch: string): Promise<void> {
    const folder = join(this.#root, markerFolder)
    await makeDirectory(folder)
    await closeFile(await openFile(join(folder, batch), 'w'))
    await syncDirectory(folder)
  }

  async #createFiles(batch: string, folder: string): Promise<readonly Slot[]> {
    const keys = mintKeys(batch)
    const paths = keys.map((key) => join(folder, key))
    const { fds, failure } = await this.#thread.makeFiles({ paths, flags: slotFlags, mode: 0o644 })
    const slots = fds.map((fd, index) => ({ key: keys[index] ?? '', path: paths[index] ?? '', fd }))
    if (failure === undefined) return slots
    await Promise.all(slots.map((slot) => this.discard(slot)))
    await this.#unmark(batch)
    throw Object.assign(new Error(failure.message), { code: failure.code })
  }

  /** Closes and removes a slot that will not be used. */
  async discard(slot: Slot): Promise<void> {
    closeSync(slot.fd)
    await removeFile(slot.path)
    this.settle(slot.key)
  }

  /** The slot's fate is known: a row refers to it, or its file is gone. */
  settle(key: string): void {
    const batch = batchOf(key)
    const open = this.#open.get(batch)
    if (open?.delete(key) !== true || open.size > 0) return
    this.#open.delete(batch)
    // A marker that stays behind only makes the next start look at its batch again.
    const unmarked: Promise<void> = this.#unmark(batch)
      .catch(() => undefined)
      .then(() => {
        this.#unmarking.delete(unmarked)
      })
    this.#unmarking.add(unmarked)
  }

  async #unmark(batch: string): Promise<void> {
    await removeFile(join(this.#root, markerFolder, batch))
  }

  /** Keys of the batches that an earlier process did not see the end of; then forgets those batches. */
  async *leftovers(): AsyncGenerator<string> {
    for (const batch of await listFolder(join(this.#root, markerFolder))) {
      if (!markerPattern.test(batch) || this.#open.has(batch)) continue
      for (const name of await listFolder(join(this.#root, folderOf(batch)))) {
        if (isKey(name) && batchOf(name) === batch) yield name
      }
      await this.#unmark(batch)
    }
  }

  async close(): Promise<void> {
    await this.#making?.catch(() => undefined)
    await Promise.all(this.#ready.splice(0).map((slot) => this.discard(slot)))
    await Promise.all(this.#unmarking)
  }
}

export async function listFolder(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}
