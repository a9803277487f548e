import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { type Entry, fromFd, type ZipFile } from 'yauzl'
import { DomainError } from '../../model/domain-error.ts'
import type { HttpLimits } from '../http-limits.ts'

/** Local file header, or end of central directory of an empty archive (APPNOTE.TXT 4.3.7, 4.3.16). */
export const isZip = (head: Uint8Array): boolean =>
  head.length >= 4 &&
  head[0] === 0x50 &&
  head[1] === 0x4b &&
  ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6))

export interface ZipOptions {
  /** Bytes that one file may inflate to; 0 = no limit. */
  readonly maximumEntryBytes: number
  readonly limits: HttpLimits
}

const invalid = (cause: unknown): DomainError => new DomainError('BadFileFormat', 'Invalid ZIP archive', { cause })

const tooLarge = (details: string): DomainError => new DomainError('RequestTooLarge', details)

/** Opens the inflated bytes of one file. Errors while reading: `BadFileFormat`, `RequestTooLarge`. */
export type OpenEntry = () => AsyncIterable<Uint8Array>

/**
 * The files of a ZIP, in the order of its directory; folders, encrypted ones and `DICOMDIR` are skipped. Names are
 * never used as paths. Errors: `BadFileFormat`; `RequestTooLarge` for an archive that is made to fill the disk.
 */
export async function* readZipEntries(file: FileHandle, options: ZipOptions): AsyncGenerator<OpenEntry> {
  const archive = await openArchive(file.fd)
  const entries = new EntryReader(archive)
  if (archive.entryCount > options.limits.zipEntries) throw tooLarge('Too many entries in the ZIP archive')
  const { size } = await file.stat()
  const budget = new Budget(size, options)
  for (let entry = await entries.next(); entry !== undefined; entry = await entries.next()) {
    budget.declare(entry)
    const found = entry
    if (isWanted(entry)) yield () => inflate(archive, found, budget)
  }
}

function openArchive(fd: number): Promise<ZipFile> {
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true }
  return new Promise((resolve, reject) => {
    fromFd(fd, options, (error, archive) => (error ? reject(invalid(error)) : resolve(archive)))
  })
}

/** Makes a promise of each answer of the event interface. */
class EntryReader {
  readonly #archive: ZipFile
  #settle: { resolve(entry: Entry | undefined): void; reject(error: unknown): void } | undefined

  constructor(archive: ZipFile) {
    this.#archive = archive
    archive.on('entry', (entry: Entry) => this.#settle?.resolve(entry))
    archive.on('end', () => this.#settle?.resolve(undefined))
    archive.on('error', (error: unknown) => this.#settle?.reject(invalid(error)))
  }

  next(): Promise<Entry | undefined> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#archive.readEntry()
    })
  }
}

/** What an archive may still grow to. */
class Budget {
  readonly #options: ZipOptions
  #compressedLeft: number
  #inflatedLeft: number

  constructor(archiveSize: number, options: ZipOptions) {
    const { zipFreeBytes, zipRatio } = options.limits
    this.#options = options
    this.#compressedLeft = archiveSize
    this.#inflatedLeft = Math.max(zipFreeBytes, zipRatio * archiveSize)
  }

  /** Entries that together claim more bytes than there are share them: the trick of bombs without nesting. */
  declare(entry: Entry): void {
    this.#compressedLeft -= entry.compressedSize
    if (this.#compressedLeft < 0) throw new DomainError('BadFileFormat', 'Overlapping entries in the ZIP archive')
  }

  spend(bytes: number, ofEntry: number): void {
    const { maximumEntryBytes } = this.#options
    if (maximumEntryBytes > 0 && ofEntry > maximumEntryBytes) throw tooLarge('File in the ZIP archive')
    this.#inflatedLeft -= bytes
    if (this.#inflatedLeft < 0) throw tooLarge('ZIP archive')
  }
}

function isWanted(entry: Entry): boolean {
  const name = String(entry.fileName)
  const base = name.slice(name.lastIndexOf('/') + 1)
  return base !== '' && base.toUpperCase() !== 'DICOMDIR' && !entry.isEncrypted()
}

async function* inflate(archive: ZipFile, entry: Entry, budget: Budget): AsyncGenerator<Uint8Array> {
  const stream = await openStream(archive, entry)
  let size = 0
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Uint8Array
      size += bytes.length
      budget.spend(bytes.length, size)
      yield bytes
    }
  } catch (error) {
    throw error instanceof DomainError ? error : invalid(error)
  }
}

function openStream(archive: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) => (error ? reject(invalid(error)) : resolve(stream)))
  })
}
