import type { Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'
import type { Element, Value } from './element.ts'

/** An element whose value is a run of bytes in memory; the view is made when asked for. */
export class EncodedElement implements Element {
  readonly tag: Tag
  readonly vr: Vr
  readonly offset: number
  readonly valueOffset: number
  readonly length: number
  readonly #source: Uint8Array
  readonly #start: number

  /** The value is the `length` bytes of `source` from `start`. */
  constructor(
    tag: Tag,
    vr: Vr,
    offset: number,
    valueOffset: number,
    length: number,
    source: Uint8Array,
    start: number,
  ) {
    this.tag = tag
    this.vr = vr
    this.offset = offset
    this.valueOffset = valueOffset
    this.length = length
    this.#source = source
    this.#start = start
  }

  get value(): Value {
    return { kind: 'bytes', bytes: this.#source.subarray(this.#start, this.#start + this.length) }
  }
}

/** An element whose value is worked out when it is first asked for. */
export class DeferredElement implements Element {
  readonly tag: Tag
  readonly vr: Vr
  readonly offset: number
  readonly valueOffset: number
  readonly length: number
  readonly #compute: () => Value
  #value: Value | undefined

  constructor(base: Omit<Element, 'value'>, compute: () => Value) {
    this.tag = base.tag
    this.vr = base.vr
    this.offset = base.offset
    this.valueOffset = base.valueOffset
    this.length = base.length
    this.#compute = compute
  }

  get value(): Value {
    this.#value ??= this.#compute()
    return this.#value
  }
}
