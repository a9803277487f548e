import { readAssociateAccept, readAssociateRequest } from './associate.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { readFields } from './fields.ts'
import { abortFields, associateRejectFields } from './item-tables.ts'
import { defaultPduLimits, type PduLimits } from './limits.ts'
import { type ControlPdu, pduHeaderLength, pduTypes, pdvHeaderLength, pdvLengthLength } from './pdu.ts'
import { PduError } from './pdu-error.ts'

/** Receives what the parser finds, in wire order. */
export interface PduSink {
  /** A complete PDU other than P-DATA-TF. */
  pdu(pdu: ControlPdu): void
  /** The header of a P-DATA-TF; `length` is that of its variable field. */
  dataTransfer(length: number): void
  /**
   * The next piece of a PDV, a view of the chunk pushed last; `isEnd` on its last piece. A PDV without data is one
   * empty piece.
   */
  fragment(contextId: number, control: number, bytes: Uint8Array, isEnd: boolean): void
  /** The stream cannot be understood; everything after it is dropped. */
  invalid(error: PduError): void
}

type ParserState = 'pduHeader' | 'variableField' | 'pdvLength' | 'pdvHeader' | 'pdvData' | 'invalid'

const nothing = new Uint8Array(0)

/**
 * Splits a byte stream, cut anywhere, into PDUs (PS3.8 9.3). Data of P-DATA-TF passes through as views: memory held is
 * a header of 6 bytes or one association PDU within its limit, whatever lengths the peer claims.
 */
export class PduParser {
  readonly #sink: PduSink
  readonly #limits: PduLimits
  readonly #header = new Uint8Array(pduHeaderLength)
  #headerLength = 0
  #state: ParserState = 'pduHeader'
  #type = 0
  /** Bytes of the variable field still to come. */
  #pduRemaining = 0
  /** Data bytes of the PDV still to come. */
  #pdvRemaining = 0
  #contextId = 0
  #control = 0
  #body = new ByteWriter()

  constructor(sink: PduSink, limits: PduLimits = defaultPduLimits) {
    this.#sink = sink
    this.#limits = limits
  }

  /** Feeds the next bytes. Pieces given to the sink are views of `chunk`. */
  push(chunk: Uint8Array): void {
    try {
      let offset = 0
      while (offset < chunk.length && this.#state !== 'invalid') offset = this.#advance(chunk, offset)
    } catch (error) {
      if (!(error instanceof PduError)) throw error
      this.#state = 'invalid'
      this.#body = new ByteWriter()
      this.#sink.invalid(error)
    }
  }

  #advance(chunk: Uint8Array, offset: number): number {
    switch (this.#state) {
      case 'pduHeader':
        return this.#fillHeader(chunk, offset, pduHeaderLength, this.#startPdu)
      case 'pdvLength':
        return this.#fillHeader(chunk, offset, pdvLengthLength, this.#measurePdv)
      case 'pdvHeader':
        return this.#fillHeader(chunk, offset, pdvHeaderLength - pdvLengthLength, this.#startPdv)
      case 'variableField':
        return this.#fillVariableField(chunk, offset)
      case 'pdvData':
        return this.#passData(chunk, offset)
      case 'invalid':
        return chunk.length
    }
  }

  #fillHeader(chunk: Uint8Array, offset: number, length: number, complete: () => void): number {
    let next = offset
    while (this.#headerLength < length && next < chunk.length) {
      this.#header[this.#headerLength++] = chunk[next++] ?? 0
    }
    if (this.#headerLength === length) {
      this.#headerLength = 0
      complete.call(this)
    }
    return next
  }

  #startPdu(): void {
    const [type = 0] = this.#header
    const length = this.#uint32(2)
    this.#type = type
    this.#pduRemaining = length
    if (type === pduTypes.dataTransfer) {
      this.#sink.dataTransfer(length)
      this.#expectPdv()
      return
    }
    this.#checkLength(type, length)
    this.#state = 'variableField'
  }

  #checkLength(type: number, length: number): void {
    if (type === pduTypes.associateRequest || type === pduTypes.associateAccept) {
      if (length > 0 && length <= this.#limits.maxAssociateLength) return
    } else if (type >= pduTypes.associateReject && type <= pduTypes.abort) {
      if (length === 4) return
    } else {
      throw new PduError('unrecognizedPdu', `PDU type ${type}`)
    }
    throw new PduError('invalidParameter', `length ${length} of PDU type ${type}`)
  }

  #fillVariableField(chunk: Uint8Array, offset: number): number {
    const piece = chunk.subarray(offset, offset + this.#pduRemaining)
    this.#pduRemaining -= piece.length
    if (this.#pduRemaining > 0) {
      this.#body.append(piece)
      return offset + piece.length
    }
    const body = this.#body.length === 0 ? piece : this.#takeBody(piece)
    this.#state = 'pduHeader'
    this.#sink.pdu(decodePdu(this.#type, body, this.#limits))
    return offset + piece.length
  }

  #takeBody(last: Uint8Array): Uint8Array {
    this.#body.append(last)
    const body = this.#body.finish()
    this.#body = new ByteWriter()
    return body
  }

  /** What is left of the PDU is nothing, or at least a PDV without data. */
  #expectPdv(): void {
    if (this.#pduRemaining > 0 && this.#pduRemaining < pdvHeaderLength) {
      throw new PduError(
        'invalidParameter',
        `no PDV fits into the ${this.#pduRemaining} bytes left in the PDU`,
      )
    }
    this.#state = this.#pduRemaining === 0 ? 'pduHeader' : 'pdvLength'
  }

  #measurePdv(): void {
    const length = this.#uint32(0)
    // The PDV length counts the two bytes that follow it (PS3.8 9.3.5.1).
    if (length < 2 || length + pdvLengthLength > this.#pduRemaining) {
      throw new PduError(
        'invalidParameter',
        `PDV length ${length} with ${this.#pduRemaining} bytes left in the PDU`,
      )
    }
    this.#pduRemaining -= length + pdvLengthLength
    this.#pdvRemaining = length - 2
    this.#state = 'pdvHeader'
  }

  #startPdv(): void {
    const [contextId = 0, control = 0] = this.#header
    this.#contextId = contextId
    this.#control = control
    this.#state = 'pdvData'
    if (this.#pdvRemaining === 0) this.#endPdv(nothing)
  }

  #passData(chunk: Uint8Array, offset: number): number {
    const length = Math.min(this.#pdvRemaining, chunk.length - offset)
    const piece = chunk.subarray(offset, offset + length)
    this.#pdvRemaining -= length
    if (this.#pdvRemaining === 0) this.#endPdv(piece)
    else this.#sink.fragment(this.#contextId, this.#control, piece, false)
    return offset + length
  }

  #endPdv(piece: Uint8Array): void {
    this.#sink.fragment(this.#contextId, this.#control, piece, true)
    this.#expectPdv()
  }

  #uint32(at: number): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#header.subarray(at, at + 4)
    return a * 0x1000000 + ((b << 16) | (c << 8) | d)
  }
}

function decodePdu(type: number, body: Uint8Array, limits: PduLimits): ControlPdu {
  const reader = new ByteReader(body, limits.maxItems)
  switch (type) {
    case pduTypes.associateRequest:
      return readAssociateRequest(reader, limits)
    case pduTypes.associateAccept:
      return readAssociateAccept(reader, limits)
    case pduTypes.associateReject:
      return { type: 'A-ASSOCIATE-RJ', ...readFields(associateRejectFields, reader) }
    case pduTypes.releaseRequest:
      return { type: 'A-RELEASE-RQ' }
    case pduTypes.releaseReply:
      return { type: 'A-RELEASE-RP' }
    case pduTypes.abort:
      return { type: 'A-ABORT', ...readFields(abortFields, reader) }
    default:
      throw new PduError('unrecognizedPdu', `PDU type ${type}`)
  }
}
