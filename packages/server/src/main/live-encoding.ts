import { type EncodingName, encodings } from '../model/encodings.ts'

/** The encoding of text that does not name its own; it may be changed while the server runs. */
export class LiveEncoding {
  #name: EncodingName

  constructor(name: EncodingName) {
    this.#name = name
  }

  get name(): EncodingName {
    return this.#name
  }

  /** Defined term, read anew for every data set. */
  get defaultCharacterSet(): string {
    return encodings[this.#name]
  }

  use(name: EncodingName): void {
    this.#name = name
  }
}
