import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { type Entry, fromFd, type ZipFile } from 'yauzl'
import { DomainError } from '../../model/domain-error.ts'
import type { HttpLimits } from '../http-limits.ts'

/** Bytes that tell what a file is: the preamble of a DICOM file may look like anything (PS3.10 7.1). */
export const signatureBytes = 132

const startsWith = (head: Uint8Array, at: number, text: string): boolean =>
  Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1', at, at + text.length) === text

/** Local file header, or end of central directory of an empty archive (APPNOTE.TXT 4.3.7, 4.3.16). */
export const isZip = (head: Uint8Array): boolean =>
  (startsWith(head, 0, 'PK\x03\x04') || startsWith(head, 0, 'PK\x05\x06')) && !startsWith(head, 128, 'DICM')

export interface ZipOptions {
  /** Bytes that one file may inflate to; 0 = no limit. */
  readonly maximumEntryBytes: number
  readonly limits: HttpLimits
}

const invalid = (cause: unknown): DomainError =>
  new DomainError('BadFileFormat', 'Invalid ZIP archive', { cause })

const tooLarge = (details: string): DomainError => new DomainError('RequestTooLarge', details)

/** Opens the inflated bytes of one file. Errors while reading: `BadFileFormat`, `RequestTooLarge`. */
export type OpenEntry = () => AsyncIterable<Uint8Array>

/**
 * The files of a ZIP, in the order of its directory; folders, encrypted ones and `DICOMDIR` are skipped. Names are
 * never used as paths. Errors: `BadFileFormat`; `RequestTooLarge` for an archive that is made to fill the disk. The
 * directory is read twice: nothing comes out of an archive that has anything against it.
 */
export async function* readZipEntries(file: FileHandle, options: ZipOptions): AsyncGenerator<OpenEntry> {
  const { size } = await file.stat()
  const budget = new Budget(size, options)
  for await (const { entry } of readDirectory(file, options)) budget.spend(entry)
  for await (const { archive, entry } of readDirectory(file, options)) {
    if (isWanted(entry)) yield () => inflate(archive, entry)
  }
}

interface DirectoryEntry {
  readonly archive: ZipFile
  readonly entry: Entry
}

async function* readDirectory(file: FileHandle, { limits }: ZipOptions): AsyncGenerator<DirectoryEntry> {
  const archive = await openArchive(file.fd)
  const entries = new EntryReader(archive)
  if (archive.entryCount > limits.zipEntries) throw tooLarge('Too many entries in the ZIP archive')
  for (let entry = await entries.next(); entry !== undefined; entry = await entries.next()) {
    yield { archive, entry }
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

/** What the entries of an archive may still claim. No entry gives more than it claims: the library sees to that. */
class Budget {
  readonly #maximumEntryBytes: number
  #compressedLeft: number
  #inflatedLeft: number

  constructor(archiveSize: number, { maximumEntryBytes, limits }: ZipOptions) {
    this.#maximumEntryBytes = maximumEntryBytes > 0 ? maximumEntryBytes : Number.POSITIVE_INFINITY
    this.#compressedLeft = archiveSize
    this.#inflatedLeft = Math.max(limits.zipFreeBytes, limits.zipRatio * archiveSize)
  }

  spend({ compressedSize, uncompressedSize }: Entry): void {
    if (uncompressedSize > this.#maximumEntryBytes) throw tooLarge('File in the ZIP archive')
    this.#inflatedLeft -= uncompressedSize
    if (this.#inflatedLeft < 0) throw tooLarge('ZIP archive')
    this.#compressedLeft -= compressedSize
    // Entries that together claim more bytes than there are share them: the trick of bombs without nesting.
    if (this.#compressedLeft < 0) {
      throw new DomainError('BadFileFormat', 'Overlapping entries in the ZIP archive')
    }
  }
}

function isWanted(entry: Entry): boolean {
  const name = String(entry.fileName)
  const base = name.slice(name.lastIndexOf('/') + 1)
  return base !== '' && base.toUpperCase() !== 'DICOMDIR' && !entry.isEncrypted()
}

async function* inflate(archive: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const stream = await openStream(archive, entry)
  try {
    for await (const chunk of stream) yield chunk as Uint8Array
  } catch (cause) {
    throw invalid(cause)
  }
}

function openStream(archive: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) => (error ? reject(invalid(error)) : resolve(stream)))
  })
}
