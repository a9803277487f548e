import {
  DicomError,
  type Dictionary,
  type MediaKeys,
  mediaKeysOf,
  mediaKeyTags,
  type Part10File,
  Part10Reader,
} from '@kingsfoil/dicom'
import { limits } from '../model/limits.ts'

export interface MediaHeaderOptions {
  /** More keys than the standard asks for. */
  readonly extended: boolean
  readonly dictionary: Dictionary
  /** Defined term where a file declares none, '' for ASCII. */
  readonly defaultCharacterSet: string
}

/** Most headers are shorter. */
const copiedBytes = 16 * 1024

const readOptions = {
  only: mediaKeyTags,
  untilPixelData: true,
  limits: { maxHeaderBytes: limits.headerBytes, maxValueBytes: limits.valueBytes },
}

/** Reads a file up to Pixel Data and then holds nothing but its keys. A file that cannot be understood has none. */
export class MediaHeader {
  readonly #options: MediaHeaderOptions
  #reader: Part10Reader | undefined
  #keys: MediaKeys | undefined
  #dataSetOffset = 0
  #error: DicomError | undefined

  constructor(options: MediaHeaderOptions) {
    this.#options = options
    this.#reader = new Part10Reader({ ...readOptions, dictionary: options.dictionary })
  }

  get error(): DicomError | undefined {
    return this.#error
  }

  /** Nothing more is wanted. */
  get isOver(): boolean {
    return this.#reader === undefined
  }

  get keys(): MediaKeys | undefined {
    return this.#keys
  }

  /** Where the data set begins, if there are keys. */
  get dataSetOffset(): number {
    return this.#dataSetOffset
  }

  /** The memory of the chunk may be used again: the reader, which keeps views of what it reads, gets copies. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && this.#reader !== undefined; at += copiedBytes) {
      this.#read(this.#reader, chunk.slice(at, at + copiedBytes))
    }
  }

  #read(reader: Part10Reader, bytes: Uint8Array): void {
    this.#attempt(() => {
      reader.push(bytes)
      if (reader.done) this.#take(reader.end())
    })
  }

  /** The file is over. */
  end(): void {
    const reader = this.#reader
    if (reader !== undefined) this.#attempt(() => this.#take(reader.end()))
  }

  #take(file: Part10File): void {
    const { extended, dictionary, defaultCharacterSet } = this.#options
    this.#keys = mediaKeysOf(file, { extended, dictionary, defaultCharacterSet })
    this.#dataSetOffset = file.dataSetOffset
    this.#reader = undefined
  }

  #attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof DicomError)) throw error
      this.#error = error
      this.#reader = undefined
    }
  }
}
