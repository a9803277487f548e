import { type ElementLocation, toDicomJson, toNativeXml, transferSyntax } from '@kingsfoil/dicom'
import { DomainError } from '../../model/domain-error.ts'
import { word } from '../arguments.ts'
import { bulkDataUri } from '../bulk-data-uri.ts'
import { contentReply, dicomType } from '../content-reply.ts'
import { notFound, type Reply, text } from '../reply.ts'
import { type Route, route } from '../route.ts'
import { jsonOptionsOf, type RouteContext } from '../route-context.ts'

const dicomJson = 'application/dicom+json'
const dicomXml = 'application/dicom+xml'

export const fileRoutes = (context: RouteContext): readonly Route[] => [
  route({
    method: 'GET',
    path: '/instances/{id}/file',
    summary: 'The DICOM file, or its DICOM JSON or XML representation',
    query: {
      transcode: word('UID of the transfer syntax wanted'),
      filename: word('Name of the download'),
    },
    produces: [dicomType, dicomJson, dicomXml],
    handle: async ({ params: { id }, query, headers: { accept = '' } }) => {
      if (accept.includes(dicomJson)) return representation(id, dicomJson, context)
      if (accept.includes(dicomXml)) return representation(id, dicomXml, context)
      const content = await context.resources.file(id)
      if (content === undefined) throw new DomainError('UnknownResource')
      const { transcode = content.transferSyntaxUid } = query
      if (transferSyntax(transcode) === undefined)
        throw new DomainError('ParameterOutOfRange', 'Transfer syntax')
      return transcode === content.transferSyntaxUid
        ? contentReply(content, query.filename ?? `${id}.dcm`)
        : notFound
    },
  }),
]

async function representation(id: string, contentType: string, context: RouteContext): Promise<Reply> {
  const header = await context.resources.header(id, { whole: true })
  if (header === undefined) throw new DomainError('UnknownResource')
  const options = {
    ...jsonOptionsOf(context),
    bulkDataUri: (location: ElementLocation) => bulkDataUri(id, location),
  }
  const content =
    contentType === dicomJson
      ? JSON.stringify(toDicomJson(header.dataSet, options))
      : toNativeXml(header.dataSet, options)
  return text(content, undefined, contentType)
}
