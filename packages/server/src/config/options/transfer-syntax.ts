import { uid, uidPattern } from '../dicom-types.ts'
import { absent, effective, planned } from '../option.ts'
import { boolean, integer, listOf } from '../value-type.ts'

const accepted = (what: string) =>
  effective(boolean, true, `Whether ${what} stays among the accepted transfer syntaxes.`)

export const transferSyntaxOptions = {
  AcceptedTransferSyntaxes: effective(
    listOf(uidPattern),
    ['1.2.840.10008.1.*'],
    'Transfer syntaxes that C-STORE is accepted in.',
  ),
  DeflatedTransferSyntaxAccepted: accepted('Deflated Explicit VR Little Endian'),
  JpegTransferSyntaxAccepted: accepted('JPEG'),
  Jpeg2000TransferSyntaxAccepted: accepted('JPEG 2000'),
  JpegLosslessTransferSyntaxAccepted: accepted('JPEG-LS'),
  JpipTransferSyntaxAccepted: accepted('JPIP'),
  Mpeg2TransferSyntaxAccepted: accepted('MPEG2'),
  RleTransferSyntaxAccepted: accepted('RLE'),
  Mpeg4TransferSyntaxAccepted: accepted('MPEG-4'),
  H265TransferSyntaxAccepted: accepted('HEVC/H.265'),
  UnknownSopClassAccepted: effective(boolean, false, 'Whether unknown SOP classes are accepted for storage.'),
  AcceptedSopClasses: absent(
    effective,
    listOf(uidPattern),
    'SOP classes to accept for storage. Absent: all known.',
  ),
  RejectedSopClasses: effective(listOf(uidPattern), [], 'SOP classes to refuse nevertheless.'),
  DicomScuPreferredTransferSyntax: planned(
    uid,
    '1.2.840.10008.1.2.1',
    'First choice when an instance must be transcoded.',
  ),
  TranscodeDicomProtocol: effective(
    boolean,
    true,
    'Whether instances are sent in another transfer syntax to those who do not take their own. So far only between uncompressed ones.',
  ),
  IngestTranscoding: absent(planned, uid, 'Transfer syntax that instances are transcoded to on arrival.'),
  IngestTranscodingOfUncompressed: planned(boolean, true, 'Whether that is done to uncompressed instances.'),
  IngestTranscodingOfCompressed: planned(boolean, true, 'Whether that is done to compressed instances.'),
  DicomLossyTranscodingQuality: planned(integer(1, 100), 90, 'Quality of lossy transcoding.'),
}
