import { associateAcceptItems, associateRequestItems } from './associate.ts'
import { ByteWriter } from './byte-writer.ts'
import { writeFields } from './fields.ts'
import {
  abortFields,
  associateAcceptFields,
  associateRejectFields,
  associateRequestFields,
  releaseFields,
} from './item-tables.ts'
import { type ControlPdu, pduHeaderLength, pduTypes, pdvHeaderLength } from './pdu.ts'

/** Encodes a PDU. Throws RangeError when an item does not fit its length field. */
export function encodePdu(pdu: ControlPdu): Uint8Array {
  const writer = new ByteWriter()
  writer.uint8(typeBytes[pdu.type])
  writer.uint8(0)
  writer.prefixed32(() => writeVariableField(pdu, writer))
  return writer.finish()
}

/** Header of a P-DATA-TF with one PDV of `length` data bytes, which follow it on the wire (PS3.8 9.3.5). */
export function encodeDataTransferHeader(contextId: number, control: number, length: number): Uint8Array {
  const bytes = new Uint8Array(pduHeaderLength + pdvHeaderLength)
  const view = new DataView(bytes.buffer)
  bytes[0] = pduTypes.dataTransfer
  view.setUint32(2, length + pdvHeaderLength)
  view.setUint32(6, length + 2)
  bytes[10] = contextId
  bytes[11] = control
  return bytes
}

const typeBytes: Readonly<Record<ControlPdu['type'], number>> = {
  'A-ASSOCIATE-RQ': pduTypes.associateRequest,
  'A-ASSOCIATE-AC': pduTypes.associateAccept,
  'A-ASSOCIATE-RJ': pduTypes.associateReject,
  'A-RELEASE-RQ': pduTypes.releaseRequest,
  'A-RELEASE-RP': pduTypes.releaseReply,
  'A-ABORT': pduTypes.abort,
}

function writeVariableField(pdu: ControlPdu, writer: ByteWriter): void {
  switch (pdu.type) {
    case 'A-ASSOCIATE-RQ':
      writeFields(associateRequestFields, writer, { ...pdu, items: associateRequestItems(pdu) })
      return
    case 'A-ASSOCIATE-AC':
      writeFields(associateAcceptFields, writer, { ...pdu, items: associateAcceptItems(pdu) })
      return
    case 'A-ASSOCIATE-RJ':
      writeFields(associateRejectFields, writer, pdu)
      return
    case 'A-RELEASE-RQ':
    case 'A-RELEASE-RP':
      writeFields(releaseFields, writer, {})
      return
    case 'A-ABORT':
      writeFields(abortFields, writer, pdu)
      return
  }
}
