import type { Part10Reader } from '@kingsfoil/dicom'
import { DomainError } from '../model/domain-error.ts'
import { limits } from '../model/limits.ts'

/** The first bytes of an instance, fed to the reader. */
export interface Head {
  readonly chunks: readonly Uint8Array[]
  readonly reader: Part10Reader
}

/** Takes chunks until the reader has seen Pixel Data, or the head is as long as may be held. */
export async function readHead(source: AsyncIterator<Uint8Array>, reader: Part10Reader): Promise<Head> {
  const chunks: Uint8Array[] = []
  let size = 0
  while (reader.beforePixelData === undefined && size < limits.headBytes) {
    const { value, done } = await source.next()
    if (done === true) break
    reader.push(value)
    chunks.push(value)
    size += value.length
  }
  if (size === 0) throw new DomainError('BadFileFormat', 'The file is empty')
  return { chunks, reader }
}

/** The whole instance again: the head, then what follows, which is shown to the reader too. */
export class Resumed implements AsyncIterableIterator<Uint8Array> {
  readonly #head: Head
  readonly #source: AsyncIterator<Uint8Array>
  #replayed = 0

  constructor(head: Head, source: AsyncIterator<Uint8Array>) {
    this.#head = head
    this.#source = source
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const value = this.#head.chunks[this.#replayed]
    if (value !== undefined) {
      this.#replayed += 1
      return { done: false, value }
    }
    const result = await this.#source.next()
    if (result.done !== true) this.#head.reader.push(result.value)
    return result
  }
}
