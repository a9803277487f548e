import type { Uploaded } from '../body/upload.ts'
import { receiveUpload } from '../body/upload.ts'
import { json, type Reply } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { viewReceived } from '../views/upload-view.ts'

const formAccepted: Reply = { kind: 'empty', status: 200 }

function answer(uploaded: Uploaded): Reply {
  if (uploaded.kind === 'form') return formAccepted
  if (uploaded.kind === 'instance') return json(viewReceived(uploaded.received))
  return json(uploaded.received.map(viewReceived))
}

export const uploadRoutes = (context: RouteContext): readonly Route[] => [
  route({
    method: 'POST',
    path: '/instances',
    summary: 'Stores a DICOM file, the files of a ZIP, or those of a form',
    accepts: ['application/dicom', 'application/zip', 'multipart/form-data'],
    ...producesJson,
    handle: async ({ body, headers, remoteIp, username }) => {
      const origin = { kind: 'RestApi', remoteIp, ...(username !== undefined && { username }) } as const
      return answer(await receiveUpload({ body: body.read(), headers, origin }, context))
    },
  }),
]
