import type { Tag } from '../tag.ts'
import type { Element } from './element.ts'

/** How the bytes of a data set are to be understood (PS3.5 Section 7 and Annex A). */
export interface Encoding {
  readonly explicitVr: boolean
  readonly littleEndian: boolean
}

/** Where an item of a sequence lies in the stream it was read from: its tag's offset, its value's length. */
export interface ItemPosition {
  readonly offset: number
  /** As encoded, or `undefinedLength`; also the latter if the encoded length was wrong. */
  readonly length: number
}

/**
 * A data set or an item of a sequence: elements in ascending tag order (PS3.5 7.1), values undecoded.
 * Items know the data set around them, because the character set and private creators are looked up outwards.
 */
export class DataSet implements Iterable<Element> {
  readonly encoding: Encoding
  readonly parent: DataSet | undefined
  /** Undefined unless this is an item that was read from a stream and not changed since. */
  readonly position: ItemPosition | undefined
  readonly #elements: readonly Element[]

  /** `elements` is taken over, in ascending tag order and without a tag twice. */
  constructor(
    encoding: Encoding,
    elements: ReadonlyMap<Tag, Element> | readonly Element[],
    parent?: DataSet,
    position?: ItemPosition,
  ) {
    this.encoding = encoding
    this.parent = parent
    this.position = position
    this.#elements = elements instanceof Map ? [...elements.values()] : (elements as readonly Element[])
  }

  get size(): number {
    return this.#elements.length
  }

  get(tag: Tag): Element | undefined {
    const elements = this.#elements
    let low = 0
    let high = elements.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const element = elements[middle]
      if (element === undefined) return undefined
      if (element.tag === tag) return element
      if (element.tag < tag) low = middle + 1
      else high = middle - 1
    }
    return undefined
  }

  has(tag: Tag): boolean {
    return this.get(tag) !== undefined
  }

  [Symbol.iterator](): IterableIterator<Element> {
    return this.#elements.values()
  }
}
