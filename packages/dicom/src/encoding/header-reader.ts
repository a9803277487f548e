import type { Dictionary } from '../dictionary/dictionary.ts'
import type { Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'
import type { DataSetFrame, ElementHeader, Frame } from './frame.ts'
import type { FrameStack } from './frame-stack.ts'
import { impliedVr } from './implicit-vr.ts'
import { itemDelimiter, itemTag, sequenceDelimiter } from './structure-tags.ts'
import { vrOfBytes } from './vr-table.ts'
import type { WarningLog } from './warning-log.ts'

/** The longest header (PS3.5 Table 7.1-1). */
export const headerRoom = 12

/** Takes the place of a tag for bytes that are none. */
export const junk = -1

export interface HeaderReaderOptions {
  readonly dictionary: Dictionary
  /** Position in the stream of the first byte. Default 0. */
  readonly offset?: number
  /** Stop in front of the first element of the root of another group. */
  readonly onlyGroup?: number
  /** Stop between elements of the root at a position for which this says so. */
  readonly stopAt?: (position: number) => boolean
}

/** Reads the headers of elements, items and delimiters, and closes the frames that end in front of them. */
export class HeaderReader {
  /** Of the next byte of the stream. */
  position: number
  /** Nothing more is to be read. */
  done = false

  /** The header read last. */
  tag: Tag = 0
  vr: Vr = 'UN'
  length = 0
  offset = 0

  readonly #stack: FrameStack
  readonly #warnings: WarningLog
  readonly #dictionary: Dictionary
  readonly #onlyGroup: number | undefined
  readonly #stopAt: ((position: number) => boolean) | undefined

  constructor(stack: FrameStack, warnings: WarningLog, options: HeaderReaderOptions) {
    this.#stack = stack
    this.#warnings = warnings
    this.#dictionary = options.dictionary
    this.position = options.offset ?? 0
    this.#onlyGroup = options.onlyGroup
    this.#stopAt = options.stopAt
  }

  /** Of the element read last, with what is known of its length. */
  element(length: number): ElementHeader {
    return { tag: this.tag, vr: this.vr, offset: this.offset, valueOffset: this.position, length }
  }

  /** Sets the header fields, moves behind the header and returns its size; 0 if it is done or needs more bytes. */
  read(view: DataView, at: number, available: number): number {
    for (;;) {
      const frame = this.#stack.top
      const room = frame.end - this.position
      if (room <= 0) {
        this.closeAtEnd(frame)
        continue
      }
      if (room < 8) return this.#readJunk(frame, room, available)
      const isRoot = frame === this.#stack.root
      if (isRoot && this.#stopAt?.(this.position) === true) return this.#stop()
      if (available < 8) return 0
      const { littleEndian } = frame
      const tag = ((view.getUint16(at, littleEndian) << 16) | view.getUint16(at + 2, littleEndian)) >>> 0
      this.tag = tag
      if (frame.kind !== 'dataSet' || tag >>> 16 === 0xfffe) {
        if (this.#closeBefore(frame, tag)) continue
        return this.#behind(8, view.getUint32(at + 4, littleEndian))
      }
      if (isRoot && this.#onlyGroup !== undefined && tag >>> 16 !== this.#onlyGroup) return this.#stop()
      if (!frame.explicitVr) {
        this.vr = impliedVr(this.#dictionary, frame.dataSet, tag)
        return this.#behind(8, view.getUint32(at + 4, littleEndian))
      }
      const layout = vrOfBytes(view.getUint8(at + 4), view.getUint8(at + 5))
      if (layout === undefined) return this.#readOddHeader(frame, view, at, room, available)
      this.vr = layout.vr
      if (!layout.longForm) return this.#behind(8, view.getUint16(at + 6, littleEndian))
      if (room < headerRoom) return this.#readJunk(frame, room, available)
      if (available < headerRoom) return 0
      return this.#behind(headerRoom, view.getUint32(at + 8, littleEndian))
    }
  }

  #stop(): 0 {
    this.done = true
    return 0
  }

  #behind(size: number, length: number): number {
    this.length = length
    this.offset = this.position
    this.position += size
    return size
  }

  /** The header of an element without a VR of PS3.5 Table 6.2-1 where there ought to be one. */
  #readOddHeader(frame: DataSetFrame, view: DataView, at: number, room: number, available: number): number {
    const { littleEndian } = frame
    const letters = [view.getUint8(at + 4), view.getUint8(at + 5)]
    const isUpperCase = letters.every((letter) => letter >= 0x41 && letter <= 0x5a)
    if (isUpperCase && room < headerRoom) return this.#readJunk(frame, room, available)
    if (isUpperCase && available < headerRoom) return 0
    frame.exact = false
    // PS3.5 6.2: new VRs have the long form.
    if (isUpperCase) return this.#unknownVr(headerRoom, view.getUint32(at + 8, littleEndian))
    // Seen in the field: "??", blanks or zeros for a VR, then a length of two bytes; and elements as in Implicit VR,
    // whose length takes the place of the VR and, being small, leaves zeros behind it.
    const shortLength = view.getUint16(at + 6, littleEndian)
    const isPrintable = letters.every((letter) => letter >= 0x20 && letter < 0x7f)
    if (isPrintable || shortLength !== 0) return this.#unknownVr(8, shortLength)
    this.vr = impliedVr(this.#dictionary, frame.dataSet, this.tag)
    // Zeros may be no element at all: that is for the parser to find out.
    if (this.tag !== 0) this.#warnings.add('ImplicitElement', this.tag, this.position)
    return this.#behind(8, view.getUint32(at + 4, littleEndian))
  }

  #unknownVr(size: number, length: number): number {
    this.vr = 'UN'
    this.#warnings.add('UnknownVr', this.tag, this.position)
    return this.#behind(size, length)
  }

  /** The rest of an item or sequence is too short for a header. */
  #readJunk(frame: Frame, room: number, available: number): number {
    if (available < room) return 0
    this.#warnings.add('LengthOverrun', undefined, this.position)
    frame.exact = false
    this.tag = junk
    return this.#behind(room, 0)
  }

  closeAtEnd(frame: Frame): void {
    if (frame.delimited) this.#warnings.add('MissingDelimiter', undefined, this.position)
    this.#stack.close(!frame.delimited)
  }

  /** Closes a frame of undefined length in front of a tag that cannot be in it: its delimiter is missing. */
  #closeBefore(frame: Frame, tag: Tag): boolean {
    if (!frame.delimited) return false
    const belongs =
      frame.kind === 'dataSet'
        ? tag !== itemTag && tag !== sequenceDelimiter
        : tag === itemTag || tag === sequenceDelimiter || tag === itemDelimiter
    if (belongs) return false
    this.#warnings.add('MissingDelimiter', tag, this.position)
    this.#stack.close(false)
    return true
  }
}
