import { DataSet, type Encoding } from '../data-set/data-set.ts'
import { type ByteRange, type Element, undefinedLength } from '../data-set/element.ts'
import { DeferredElement, EncodedElement } from '../data-set/encoded-element.ts'
import type { Dictionary } from '../dictionary/dictionary.ts'
import { DicomError } from '../errors.ts'
import type { ReadLimits } from '../limits.ts'
import type { Tag } from '../tag.ts'
import type { Warning } from '../warnings.ts'
import { ElementCounter } from './element-counter.ts'
import type { DataSetFrame, ElementHeader, FragmentsFrame, Frame, SequenceFrame } from './frame.ts'
import { dataSetFrame, FrameStack, insideUnknown } from './frame-stack.ts'
import { GatheredValue } from './gathered-value.ts'
import { HeaderReader, type HeaderReaderOptions, headerRoom, junk } from './header-reader.ts'
import { impliedVr } from './implicit-vr.ts'
import { isPixelData, itemDelimiter, itemTag, pixelDataTag, sequenceDelimiter } from './structure-tags.ts'
import { valueOfUnknown } from './unknown-sequence.ts'
import { WarningLog } from './warning-log.ts'

export interface ParserOptions extends HeaderReaderOptions {
  readonly encoding: Encoding
  readonly limits: ReadLimits
  readonly warnings: WarningLog
  /** Stop behind the header of the root's Pixel Data. */
  readonly untilPixelData?: boolean
  /** The root's elements to keep; undefined for all. */
  readonly only?: ReadonlySet<Tag> | undefined
  /** The data set around the root, and how many sequences are around it. */
  readonly parent?: DataSet
  readonly depth?: number
  /** Counts also what is around the root. */
  readonly counter?: ElementCounter
}

/**
 * Finds the elements of a data set in a stream that arrives in pieces of any size (PS3.5 Section 7).
 * What is open is kept on a stack of frames, so nesting costs no call depth; values are views of the pieces.
 */
export class DataSetParser {
  readonly dataSet: DataSet
  readonly #dictionary: Dictionary
  readonly #limits: ReadLimits
  readonly #warnings: WarningLog
  readonly #untilPixelData: boolean
  readonly #only: ReadonlySet<Tag> | undefined
  readonly #counter: ElementCounter
  readonly #stack: FrameStack
  readonly #header: HeaderReader
  #keptBytes = 0
  #pixelData: ElementHeader | undefined

  /** A header whose end is not there yet, which most streams have none of. */
  #carry: Uint8Array<ArrayBuffer> | undefined
  #carried = 0
  /** A value whose end is not there yet. */
  #gathered:
    | { readonly frame: DataSetFrame; readonly header: ElementHeader; readonly value: GatheredValue }
    | undefined
  /** Bytes to pass over; Infinity for all that may come. */
  #skip = 0

  constructor(options: ParserOptions) {
    this.#dictionary = options.dictionary
    this.#limits = options.limits
    this.#warnings = options.warnings
    this.#untilPixelData = options.untilPixelData ?? false
    this.#only = options.only
    this.#counter = options.counter ?? new ElementCounter(options.limits.maxElements)
    const elements: Element[] = []
    this.dataSet = new DataSet(options.encoding, elements, options.parent)
    const root = dataSetFrame(this.dataSet, elements, undefined, Number.POSITIVE_INFINITY)
    this.#stack = new FrameStack(root, options.limits, options.warnings, options.depth ?? 0)
    this.#header = new HeaderReader(this.#stack, options.warnings, options)
  }

  /** It has stopped, and takes no more bytes. */
  get done(): boolean {
    return this.#header.done
  }

  /** Of the next byte that is not yet part of an element. */
  get position(): number {
    return this.#header.position
  }

  get warnings(): readonly Warning[] {
    return this.#warnings.warnings
  }

  /** The root's Pixel Data, once met. */
  get pixelData(): ElementHeader | undefined {
    return this.#pixelData
  }

  /** The root's elements so far are in order, so that they can be looked up before the end. */
  get sorted(): boolean {
    return this.#stack.root.sorted
  }

  /** The bytes from `position` on that were already taken: the begin of a header. */
  get leftover(): Uint8Array {
    return this.#carry?.slice(0, this.#carried) ?? new Uint8Array(0)
  }

  /** Returns how many bytes of the piece were taken: all, unless it is done. Keeps views of the piece. */
  push(bytes: Uint8Array): number {
    // Never a Buffer: its slice, unlike that of a Uint8Array, does not copy.
    const piece = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength)
    let at = 0
    while (!this.#header.done) {
      if (this.#skip > 0) {
        at = this.#passOver(piece, at)
        if (this.#skip > 0) return at
      }
      if (this.#gathered !== undefined) {
        at = this.#gather(piece, at)
        if (this.#gathered !== undefined) return at
      }
      const behind = this.#takeHeader(piece, view, at)
      if (behind === undefined) return this.#header.done ? at : piece.length
      at = this.#accept(piece, behind)
    }
    return at
  }

  /**
   * The stream is over. Throws DicomError `Truncated` if it ended inside an element,
   * but Pixel Data and what comes behind may be cut.
   */
  end(): void {
    if (!this.#header.done) this.#closeAll()
    this.#stack.finish()
  }

  #passOver(piece: Uint8Array, at: number): number {
    const taken = Math.min(this.#skip, piece.length - at)
    this.#skip -= taken
    this.#header.position += taken
    return at + taken
  }

  #gather(piece: Uint8Array, at: number): number {
    const gathered = this.#gathered
    if (gathered === undefined) return at
    const behind = gathered.value.add(piece, at)
    this.#header.position += behind - at
    const bytes = gathered.value.complete
    if (bytes !== undefined) {
      this.#gathered = undefined
      this.#addValue(gathered.frame, gathered.header, bytes, 0)
    }
    return behind
  }

  /** Reads one header from the carried bytes and the piece; undefined if it is done or needs more. */
  #takeHeader(piece: Uint8Array, view: DataView, at: number): number | undefined {
    const carried = this.#carried
    if (carried === 0) {
      const size = this.#header.read(view, at, piece.length - at)
      if (size > 0) return at + size
      if (!this.#header.done) {
        this.#carryOver(piece.subarray(at))
        this.#carried = piece.length - at
      }
      return undefined
    }
    const added = Math.min(headerRoom - carried, piece.length - at)
    const carry = this.#carryOver(piece.subarray(at, at + added))
    const size = this.#header.read(new DataView(carry.buffer), 0, carried + added)
    if (size > 0) {
      this.#carried = 0
      return at + size - carried
    }
    if (!this.#header.done) this.#carried = carried + added
    return undefined
  }

  /** Writes bytes behind those that are carried. */
  #carryOver(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    this.#carry ??= new Uint8Array(headerRoom)
    this.#carry.set(bytes, this.#carried)
    return this.#carry
  }

  /** Acts on the header just read; `at` is behind it. Returns where to go on in the piece. */
  #accept(piece: Uint8Array, at: number): number {
    const frame = this.#stack.top
    if (this.#header.tag === junk) return at
    if (frame.kind === 'dataSet') {
      if (this.#header.tag >>> 16 !== 0xfffe) return this.#acceptElement(frame, piece, at)
      this.#acceptDelimiter(frame)
    } else if (frame.kind === 'sequence') this.#acceptItem(frame)
    else this.#acceptFragment(frame)
    return at
  }

  #acceptDelimiter(frame: DataSetFrame): void {
    if (this.#header.tag === itemDelimiter && frame.delimited) this.#stack.close(true)
    else this.#leaveOut(frame, 'StrayDelimiter', this.#header.tag === itemTag ? this.#header.length : 0)
  }

  #acceptItem(frame: SequenceFrame): void {
    if (this.#header.tag === itemTag) {
      if (frame.kept) this.#counter.add(this.#header.offset)
      const length = this.#header.length === undefinedLength ? this.#header.length : this.#lengthWithin(frame)
      const end = length === undefinedLength ? frame.end : this.#header.position + length
      this.#stack.openItem(frame, this.#header.offset, length, end)
    } else if (this.#header.tag === sequenceDelimiter && frame.delimited) this.#stack.close(true)
    else if (this.#header.tag >>> 16 === 0xfffe) this.#leaveOut(frame, 'StrayDelimiter', 0)
    else this.#leaveOut(frame, 'NotAnItem', frame.end - this.#header.position)
  }

  #acceptFragment(frame: FragmentsFrame): void {
    if (this.#header.tag === itemTag && this.#header.length !== undefinedLength) {
      const length = this.#lengthWithin(frame)
      if (frame.kept) {
        this.#counter.add(this.#header.offset)
        frame.fragments.push({ offset: this.#header.position, length })
      }
      this.#skip = length
    } else if (this.#header.tag === sequenceDelimiter) this.#stack.close(true)
    else this.#leaveOut(frame, 'StrayDelimiter', 0)
  }

  #leaveOut(frame: Frame, code: 'StrayDelimiter' | 'NotAnItem', length: number): void {
    this.#warnings.add(code, this.#header.tag, this.#header.offset)
    frame.exact = false
    if (length !== undefinedLength) this.#skip = Math.min(length, frame.end - this.#header.position)
  }

  /** The length of what was just read, cut at the end of what is around it. */
  #lengthWithin(frame: Frame): number {
    const room = frame.end - this.#header.position
    if (this.#header.length <= room) return this.#header.length
    this.#warnings.add('LengthOverrun', this.#header.tag, this.#header.offset)
    frame.exact = false
    return room
  }

  #acceptElement(frame: DataSetFrame, piece: Uint8Array, at: number): number {
    const tag = this.#header.tag
    const kept = frame === this.#stack.root ? (this.#only?.has(tag) ?? true) : frame.kept
    if (kept) this.#counter.add(this.#header.offset)
    if (tag > frame.lastTag) frame.lastTag = tag
    else if (this.#isPadding(frame)) return at
    else this.#noteDisorder(frame)
    if (frame === this.#stack.root && isPixelData(tag) && this.#meetPixelData(frame)) return at
    if (this.#header.length === undefinedLength) return this.#openUndefined(frame, at, kept)
    const length = this.#lengthWithin(frame)
    if (!kept) {
      this.#skip = length
      return at
    }
    if ((length & 1) !== 0) this.#warnings.add('OddLength', tag, this.#header.offset)
    if (this.#header.vr === 'SQ') {
      this.#openDefined(frame, length)
      return at
    }
    if (length > this.#limits.maxValueBytes || (frame === this.#stack.root && isPixelData(tag))) {
      frame.elements.push({ ...this.#header.element(length), value: { kind: 'reference' } })
      this.#skip = length
      return at
    }
    this.#keep(length)
    if (length > piece.length - at) {
      this.#gathered = { frame, header: this.#header.element(length), value: new GatheredValue(length) }
      return at
    }
    // Without a header object on the way: nearly all elements come here.
    if (this.#header.vr === 'UN') this.#addUnknown(frame, this.#header.element(length), piece, at)
    else
      frame.elements.push(
        new EncodedElement(
          tag,
          this.#header.vr,
          this.#header.offset,
          this.#header.position,
          length,
          piece,
          at,
        ),
      )
    this.#header.position += length
    return at + length
  }

  #keep(length: number): void {
    this.#keptBytes += length
    if (this.#keptBytes > this.#limits.maxHeaderBytes) {
      throw new DicomError(
        'HeaderTooLong',
        `More than ${this.#limits.maxHeaderBytes} bytes to keep`,
        this.#header.offset,
      )
    }
  }

  /** Zeros behind the last element: some writers fill up to a block. */
  #isPadding(frame: DataSetFrame): boolean {
    if (frame !== this.#stack.root || this.#header.tag !== 0 || this.#header.length !== 0) return false
    this.#warnings.add('TrailingBytes', undefined, this.#header.offset)
    this.#skip = Number.POSITIVE_INFINITY
    return true
  }

  #noteDisorder(frame: DataSetFrame): void {
    if (this.#header.tag < frame.lastTag && frame.sorted)
      this.#warnings.add('NotAscending', this.#header.tag, this.#header.offset)
    frame.sorted = false
  }

  /** Returns whether to stop here. */
  #meetPixelData(root: DataSetFrame): boolean {
    const header = this.#header.element(this.#header.length)
    this.#pixelData ??= header
    if (!this.#untilPixelData) return false
    root.elements.push({ ...header, value: { kind: 'reference' } })
    this.#header.done = true
    return true
  }

  #openDefined(frame: DataSetFrame, length: number): void {
    const header = this.#header.element(length)
    if (length === 0) frame.elements.push({ ...header, value: { kind: 'items', items: [] } })
    else this.#stack.openSequence(frame, header, this.#header.position + length, true)
  }

  #openUndefined(frame: DataSetFrame, at: number, kept: boolean): number {
    const tag = this.#header.tag
    const holdsFragments = isPixelData(tag) || this.#header.vr === 'OB' || this.#header.vr === 'OW'
    if (holdsFragments) {
      if (tag !== pixelDataTag) this.#warnings.add('UnexpectedUndefinedLength', tag, this.#header.offset)
      this.#stack.openFragments(frame, this.#header.element(undefinedLength), kept)
      return at
    }
    if (this.#header.vr !== 'SQ' && !(frame.explicitVr && this.#header.vr === 'UN')) {
      if (this.#header.vr !== 'UN') {
        this.#warnings.add('UnexpectedUndefinedLength', tag, this.#header.offset)
        frame.exact = false
      }
      this.#header.vr = 'SQ'
    }
    this.#stack.openSequence(frame, this.#header.element(undefinedLength), frame.end, kept)
    return at
  }

  #addValue(frame: DataSetFrame, header: ElementHeader, source: Uint8Array, start: number): void {
    const { tag, vr, offset, valueOffset, length } = header
    if (vr === 'UN') this.#addUnknown(frame, header, source, start)
    else frame.elements.push(new EncodedElement(tag, vr, offset, valueOffset, length, source, start))
  }

  /** UN of an attribute that the dictionary knows as a sequence holds one (PS3.5 6.2.2 Note 2). */
  #addUnknown(frame: DataSetFrame, header: ElementHeader, source: Uint8Array, start: number): void {
    const { tag, vr, offset, valueOffset, length } = header
    const { dataSet, elements } = frame
    const isSequence = frame.explicitVr && length > 0 && impliedVr(this.#dictionary, dataSet, tag) === 'SQ'
    if (!isSequence) {
      elements.push(new EncodedElement(tag, vr, offset, valueOffset, length, source, start))
      return
    }
    const bytes = source.subarray(start, start + length)
    const depth = this.#stack.depth
    elements.push(
      new DeferredElement(header, () =>
        valueOfUnknown(header, bytes, (offset) => this.#unknownParser(offset, dataSet, depth)),
      ),
    )
  }

  #unknownParser(offset: number, parent: DataSet, depth: number): DataSetParser {
    return new DataSetParser({
      encoding: insideUnknown,
      dictionary: this.#dictionary,
      limits: this.#limits,
      warnings: new WarningLog(1),
      offset,
      parent,
      depth,
      counter: this.#counter,
    })
  }

  #closeAll(): void {
    let isCut = this.#endPending()
    for (let frame = this.#stack.top; frame !== this.#stack.root; frame = this.#stack.top) {
      if (this.#header.position >= frame.end) this.#header.closeAtEnd(frame)
      else {
        if (!isCut) this.#endInside(frame)
        isCut = true
        this.#stack.close(false)
      }
    }
  }

  /** What was begun and not finished; false if nothing was. */
  #endPending(): boolean {
    const { top, root } = this.#stack
    if (this.#skip === Number.POSITIVE_INFINITY) return false
    if (this.#skip > 0 && top === root && this.#cutPixelData(root)) return true
    if (this.#skip > 0 && top.kind === 'fragments') cutLast(top.fragments, this.#skip)
    if (top === root && this.#isZeroCarried(root)) {
      this.#warnings.add('TrailingBytes', undefined, this.#header.position)
      return true
    }
    const isPending = this.#skip > 0 || this.#carried > 0 || this.#gathered !== undefined
    if (isPending) this.#endInside(top)
    return isPending
  }

  /** A few zeros behind the last element; in big endian, they could as well be the begin of the next. */
  #isZeroCarried(root: DataSetFrame): boolean {
    if (this.#carried === 0 || root.lastTag < 0 || !root.littleEndian) return false
    return this.leftover.every((byte) => byte === 0)
  }

  /** The stream ended inside `frame`: an error, unless all that matters had been there. */
  #endInside(frame: Frame): void {
    const { position } = this.#header
    const isPixelDataOpen = frame.kind === 'fragments' && frame.owner === this.#stack.root
    if (isPixelDataOpen && isPixelData(frame.header.tag)) {
      this.#warnings.add('TruncatedPixelData', frame.header.tag, position)
    } else if (this.#pixelData !== undefined) this.#warnings.add('TrailingBytes', undefined, position)
    else throw new DicomError('Truncated', 'The data set ends inside an element', position)
  }

  /** Shortens native Pixel Data that the stream ended in. */
  #cutPixelData(root: DataSetFrame): boolean {
    if (!isPixelData(root.lastTag)) return false
    this.#warnings.add('TruncatedPixelData', root.lastTag, this.#header.position)
    const last = root.elements.at(-1)
    if (last === undefined || !isPixelData(last.tag)) return true
    root.elements[root.elements.length - 1] = {
      ...last,
      length: last.length - this.#skip,
      value: { kind: 'reference' },
    }
    return true
  }
}

function cutLast(fragments: ByteRange[], missing: number): void {
  const last = fragments.pop()
  if (last !== undefined) fragments.push({ offset: last.offset, length: last.length - missing })
}
