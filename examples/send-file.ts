/** Sends a DICOM file by C-STORE, as a stream. Usage: send-file.ts FILE [HOST PORT] */
import { createReadStream } from 'node:fs'
import { readPart10, textOf } from '@kingsfoil/dicom'
import { connect } from '@kingsfoil/dimse'

const [path, host = 'localhost', port = '4242'] = process.argv.slice(2)
if (path === undefined) throw new Error('Which file?')

const { dataSet, dataSetOffset, transferSyntaxUid } = await readPart10(createReadStream(path), {
  untilPixelData: true,
})
const sopClassUid = textOf(dataSet, 0x00080016) ?? ''
const sopInstanceUid = textOf(dataSet, 0x00080018) ?? ''

const association = await connect({
  host,
  port: Number(port),
  callingAeTitle: 'EXAMPLE',
  calledAeTitle: 'ORTHANC',
  presentationContexts: [{ abstractSyntax: sopClassUid, transferSyntaxes: [transferSyntaxUid] }],
})
const { status } = await association.store({
  sopClassUid,
  sopInstanceUid,
  transferSyntaxUid,
  dataSet: createReadStream(path, { start: dataSetOffset }),
})
await association.release()
console.log(`status 0x${status.toString(16).padStart(4, '0')}`)
