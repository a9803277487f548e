import { DataSet, type Encoding } from '../data-set/data-set.ts'
import { Inflater } from '../deflate/inflater.ts'
import { DataSetParser } from '../encoding/data-set-parser.ts'
import type { ElementHeader } from '../encoding/frame.ts'
import { guessBytes } from '../encoding/guess-encoding.ts'
import { type ReadOptions, resolveReadOptions } from '../encoding/read-options.ts'
import { WarningLog } from '../encoding/warning-log.ts'
import { DicomError } from '../errors.ts'
import type { ReadLimits } from '../limits.ts'
import type { Warning } from '../warnings.ts'
import { declaredEnd, declaredSyntax, settleEncoding } from './file-meta.ts'
import { type Prefix, prefixView, readPrefix } from './prefix.ts'

/** A DICOM file as far as it was read. Offsets count bytes from the start of the stream. */
export interface Part10File {
  readonly hasPreamble: boolean
  /** Group 0002; empty if there is none. */
  readonly fileMeta: DataSet
  readonly dataSet: DataSet
  /** As declared, even if the data set was found to be encoded otherwise; by `dataSet.encoding` if not declared. */
  readonly transferSyntaxUid: string
  /** Of the first element of the data set. */
  readonly dataSetOffset: number
  /** The root's Pixel Data. */
  readonly pixelData?: ElementHeader
  readonly warnings: readonly Warning[]
  /** The data set is a deflate stream (PS3.5 A.5): offsets behind `dataSetOffset` count inflated bytes. */
  readonly deflated: boolean
}

export interface Part10ReadOptions extends ReadOptions {
  /** The bytes are those of `inflatedStream`: a deflated data set comes inflated. Default false. */
  readonly inflated?: boolean
  /** Read the file meta information only, and find out where the data set begins. Default false. */
  readonly untilDataSet?: boolean
}

/** What the reader is looking at. */
type Stage = 'prefix' | 'fileMeta' | 'encoding' | 'dataSet'

/**
 * Reads a DICOM file (PS3.10 Section 7) that arrives in pieces of any size.
 * Files without preamble or file meta information are read too, with a warning.
 */
export class Part10Reader {
  readonly #options: ReturnType<typeof resolveReadOptions>
  readonly #inflated: boolean
  readonly #untilDataSet: boolean
  readonly #warnings: WarningLog
  #stage: Stage = 'prefix'
  /** Bytes that a stage needs more of. */
  #held = new Uint8Array(0)
  #prefix: Prefix | undefined
  #meta: DataSetParser | undefined
  #body: DataSetParser | undefined
  #declaredEnd: number | undefined
  #transferSyntaxUid = ''
  #deflated = false
  #dataSetOffset = 0
  /** Of a deflated data set that is not inflated yet. */
  #inflater: Inflater | undefined
  #inflatedBytes = 0

  constructor(options: Part10ReadOptions = {}) {
    this.#options = resolveReadOptions(options)
    this.#inflated = options.inflated ?? false
    this.#untilDataSet = options.untilDataSet ?? false
    this.#warnings = new WarningLog(this.#options.limits.maxWarnings)
  }

  /** Pixel Data was reached (`untilPixelData`), or the data set (`untilDataSet`). */
  get done(): boolean {
    return this.#body?.done === true || (this.#untilDataSet && this.#stage === 'encoding')
  }

  /** Where the data set begins and whether it is deflated, once that is known. */
  get body(): { readonly offset: number; readonly deflated: boolean } | undefined {
    const isKnown = this.#stage === 'encoding' || this.#stage === 'dataSet'
    return isKnown ? { offset: this.#dataSetOffset, deflated: this.#deflated } : undefined
  }

  /** Takes the next bytes, and keeps views of them. Throws DicomError. */
  push(piece: Uint8Array): void {
    if (this.#inflater !== undefined) this.#inflate(this.#inflater, piece)
    else this.#pushPlain(piece)
  }

  #pushPlain(piece: Uint8Array): void {
    let rest = piece
    while (rest.length > 0 && !this.done) rest = this.#step(rest, false)
  }

  #inflate(inflater: Inflater, piece: Uint8Array): void {
    for (const inflated of inflater.push(piece)) {
      this.#inflatedBytes += inflated.length
      if (this.#inflatedBytes > this.#options.limits.maxInflatedBytes)
        throw inflatedTooLong(this.#options.limits)
      this.#pushPlain(inflated)
      if (this.done) return
    }
  }

  /** The stream is over, or enough of it was seen. Throws DicomError if it was cut short. */
  end(): Part10File {
    if (this.#stage === 'prefix') this.#pushPlain(this.#step(nothing, true))
    if (this.#stage === 'fileMeta') this.#endFileMeta()
    if (this.#stage === 'encoding' && !this.#untilDataSet) this.#pushPlain(this.#step(nothing, true))
    this.#endDataSet()
    return this.#file()
  }

  /**
   * The file as far as it is known, once Pixel Data has been reached; undefined before, and for a data set whose
   * elements are not in ascending order (it must be read to its end).
   */
  get beforePixelData(): Part10File | undefined {
    return this.#body?.pixelData !== undefined && this.#body.sorted ? this.#file() : undefined
  }

  #file(): Part10File {
    const prefix = this.#prefix
    if (prefix === undefined) throw new DicomError('NotDicom', 'This is not a DICOM file', 0)
    const pixelData = this.#body?.pixelData
    return {
      hasPreamble: prefix.hasPreamble,
      fileMeta: this.#meta?.dataSet ?? new DataSet({ explicitVr: true, littleEndian: true }, []),
      dataSet: this.#body?.dataSet ?? new DataSet({ explicitVr: true, littleEndian: true }, []),
      transferSyntaxUid: this.#transferSyntaxUid,
      dataSetOffset: this.#dataSetOffset,
      ...(pixelData === undefined ? {} : { pixelData }),
      warnings: this.#warnings.warnings,
      deflated: this.#deflated,
    }
  }

  #endDataSet(): void {
    this.#body?.end()
    const isCut = this.#inflater?.done === false && !this.done
    if (isCut && this.#body?.pixelData === undefined) {
      throw new DicomError('Truncated', 'The deflated data set is cut short')
    }
  }

  /** Lets the present stage have `piece`; returns what it leaves to the next. */
  #step(piece: Uint8Array, atEnd: boolean): Uint8Array {
    switch (this.#stage) {
      case 'prefix':
        return this.#readPrefix(piece, atEnd)
      case 'fileMeta':
        return this.#readFileMeta(piece)
      case 'encoding':
        return this.#readEncoding(piece, atEnd)
      case 'dataSet':
        this.#body?.push(piece)
        return nothing
    }
  }

  #readPrefix(piece: Uint8Array, atEnd: boolean): Uint8Array {
    const { bytes, rest } = this.#hold(piece, prefixView)
    if (bytes.length < prefixView && !atEnd) return nothing
    const prefix = readPrefix(bytes, this.#warnings)
    this.#prefix = prefix
    this.#held = new Uint8Array(0)
    this.#dataSetOffset = prefix.offset
    if (prefix.hasFileMeta) this.#startFileMeta(prefix)
    else this.#stage = 'encoding'
    return this.#replay(bytes.subarray(prefix.offset), rest)
  }

  #startFileMeta(prefix: Prefix): void {
    const parser: DataSetParser = new DataSetParser({
      ...this.#options,
      encoding: prefix.encoding,
      warnings: this.#warnings,
      offset: prefix.offset,
      untilPixelData: false,
      only: undefined,
      onlyGroup: 2,
      stopAt: (position) => this.#isDeflatedFrom(parser.dataSet, position),
    })
    this.#meta = parser
    this.#stage = 'fileMeta'
  }

  /** A deflate stream has no tags, so here the declared length must be believed. */
  #isDeflatedFrom(fileMeta: DataSet, position: number): boolean {
    this.#declaredEnd ??= declaredEnd(fileMeta)
    return this.#declaredEnd === position && !this.#inflated && declaredSyntax(fileMeta).deflated
  }

  #readFileMeta(piece: Uint8Array): Uint8Array {
    const parser = this.#meta
    if (parser === undefined) return nothing
    const taken = parser.push(piece)
    if (!parser.done) return nothing
    const { leftover } = parser
    this.#endFileMeta()
    const rest = piece.subarray(taken)
    if (this.#inflater === undefined) return this.#replay(leftover, rest)
    this.#inflate(this.#inflater, leftover)
    this.#inflate(this.#inflater, rest)
    return nothing
  }

  #endFileMeta(): void {
    const parser = this.#meta
    if (parser === undefined) return
    const { position, dataSet } = parser
    parser.end()
    if (declaredEnd(dataSet) !== position) this.#warnings.add('WrongMetaLength', 0x00020000, position)
    const { transferSyntaxUid, deflated } = declaredSyntax(dataSet)
    if (transferSyntaxUid === '') this.#warnings.add('NoTransferSyntax', 0x00020010, position)
    this.#transferSyntaxUid = transferSyntaxUid
    this.#deflated = deflated
    this.#dataSetOffset = position
    this.#stage = 'encoding'
    if (deflated && !this.#inflated && !this.#untilDataSet) this.#inflater = new Inflater()
  }

  #readEncoding(piece: Uint8Array, atEnd: boolean): Uint8Array {
    const { bytes, rest } = this.#hold(piece, guessBytes)
    if (bytes.length < guessBytes && !atEnd) return nothing
    const declared = { transferSyntaxUid: this.#transferSyntaxUid, deflated: this.#deflated }
    const settled = settleEncoding(declared, bytes, this.#dataSetOffset, this.#warnings)
    this.#transferSyntaxUid = settled.transferSyntaxUid
    this.#startDataSet(settled.encoding)
    return this.#replay(bytes, rest)
  }

  #startDataSet(encoding: Encoding): void {
    this.#body = new DataSetParser({
      ...this.#options,
      encoding,
      warnings: this.#warnings,
      offset: this.#dataSetOffset,
    })
    this.#stage = 'dataSet'
  }

  /** Gathers `wanted` bytes if there are as many. The usual piece holds them all, and is not copied. */
  #hold(piece: Uint8Array, wanted: number): { bytes: Uint8Array; rest: Uint8Array } {
    if (this.#held.length === 0 && piece.length >= wanted) return { bytes: piece, rest: nothing }
    const added = piece.subarray(0, wanted - this.#held.length)
    const bytes = new Uint8Array(this.#held.length + added.length)
    bytes.set(this.#held)
    bytes.set(added, this.#held.length)
    this.#held = bytes
    return { bytes, rest: piece.subarray(added.length) }
  }

  /** Hands bytes that came earlier to the stages to come, and then what came with them. */
  #replay(earlier: Uint8Array, rest: Uint8Array): Uint8Array {
    if (rest.length === 0) return earlier
    this.#pushPlain(earlier)
    return rest
  }
}

const nothing = new Uint8Array(0)

export const inflatedTooLong = (limits: ReadLimits): DicomError =>
  new DicomError('InflatedTooLong', `The data set inflates to more than ${limits.maxInflatedBytes} bytes`)
