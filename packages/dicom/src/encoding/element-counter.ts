import { DicomError } from '../errors.ts'

/** Counts what one stream makes the reader keep, wherever it is nested. */
export class ElementCounter {
  readonly #limit: number
  #count = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Counts an element, item or fragment. Throws DicomError `TooManyElements`. */
  add(offset: number): void {
    if (++this.#count > this.#limit) {
      throw new DicomError('TooManyElements', `More than ${this.#limit} elements`, offset)
    }
  }
}
