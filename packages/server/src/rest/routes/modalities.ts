import type { StoreParameters } from '../../job-types/store-parameters.ts'
import { DomainError } from '../../model/domain-error.ts'
import { limits } from '../../model/limits.ts'
import { flag } from '../arguments.ts'
import { isObject, type Members, membersOf, parseJson, readBoolean } from '../body/json-body.ts'
import type { RequestBody } from '../body/request-body.ts'
import { withSpooledInstance } from '../body/spooled-instance.ts'
import { startJob } from '../job-request.ts'
import { acknowledged, done, json, notFound } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { parseStoreRequest, readTimeout, type StoreRequest } from '../store-request.ts'
import { viewModality } from '../views/modality-view.ts'

/** What can be asked of a modality. */
const operations = ['configuration', 'echo', 'store', 'store-straight']

const reachesOut = { mutates: false, reachesOut: true } as const

/** The remote DICOM applications, and what is sent to them. */
export const modalityRoutes = (context: RouteContext): readonly Route[] => [
  ...registryRoutes(context),
  ...echoRoutes(context),
  ...storeRoutes(context),
]

function registryRoutes({ remotes }: RouteContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/modalities',
      summary: 'Names of the modalities',
      query: { expand: flag('With the modalities themselves') },
      ...producesJson,
      handle: ({ query: { expand } }) => {
        const { modalities } = remotes
        const { names } = modalities
        if (expand !== true) return json(names)
        return json(Object.fromEntries(names.map((name) => [name, viewModality(modalities.get(name))])))
      },
    }),
    route({
      method: 'GET',
      path: '/modalities/{id}',
      summary: 'What can be asked of a modality',
      ...producesJson,
      handle: ({ params: { id } }) =>
        remotes.modalities.find(id) === undefined ? notFound : json(operations),
    }),
    route({
      method: 'PUT',
      path: '/modalities/{id}',
      summary: 'Makes a modality known, or changes it, until the server stops',
      accepts: ['application/json'],
      handle: async ({ params: { id }, body }) => {
        remotes.modalities.set(id, parseJson(await body.readText()))
        return done
      },
    }),
    route({
      method: 'DELETE',
      path: '/modalities/{id}',
      summary: 'Forgets a modality, until the server stops',
      handle: ({ params: { id } }) => {
        remotes.modalities.remove(id)
        return done
      },
    }),
    route({
      method: 'GET',
      path: '/modalities/{id}/configuration',
      summary: 'A modality',
      ...producesJson,
      handle: ({ params: { id } }) => json(viewModality(remotes.modalities.get(id))),
    }),
  ]
}

function echoRoutes(context: RouteContext): readonly Route[] {
  const { remotes } = context
  return [
    route({
      method: 'POST',
      path: '/modalities/{id}/echo',
      summary: 'Verifies that a modality answers (C-ECHO)',
      accepts: ['application/json'],
      produces: ['application/json'],
      ...reachesOut,
      handle: async ({ params: { id }, body, left }) => {
        const members = objectIn(await readOptionalJson(body))
        const destination = remotes.modalities.destination(id, { timeout: readTimeout(members) })
        const checkFind = readCheckFind(members, context)
        await whileWaiting(left(), (signal) => remotes.sender.verify(destination, { checkFind, signal }))
        return acknowledged
      },
    }),
    route({
      method: 'POST',
      path: '/tools/dicom-echo',
      summary: 'Verifies that a DICOM application answers that is no modality (C-ECHO)',
      accepts: ['application/json'],
      produces: ['application/json'],
      ...reachesOut,
      handle: async ({ body, left }) => {
        const value = parseJson(await body.readText())
        const members = objectIn(value)
        const destination = remotes.modalities.destinationOf(value, {
          timeout: readTimeout(members) || undefined,
        })
        const checkFind = readCheckFind(members, context)
        await whileWaiting(left(), (signal) => remotes.sender.verify(destination, { checkFind, signal }))
        return acknowledged
      },
    }),
  ]
}

const readCheckFind = (members: Members, { echoChecksFind }: RouteContext): boolean =>
  readBoolean(members, 'CheckFind', echoChecksFind)

/** Errors: `NetworkProtocol` when the client does not wait for the end. */
async function whileWaiting<Result>(
  left: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(left)
  } catch (error) {
    if (!left.aborted) throw error
    throw new DomainError('NetworkProtocol', 'The client has gone', { cause: error })
  }
}

/** Undefined for a body without content. Errors: `BadRequest`. */
async function readOptionalJson(body: RequestBody): Promise<unknown> {
  const content = await body.readText()
  return content.trim() === '' ? undefined : parseJson(content)
}

/** What is no object has no members. */
const objectIn = (value: unknown): Members => (isObject(value) ? membersOf(value) : new Map())

function storeRoutes(context: RouteContext): readonly Route[] {
  const { remotes } = context
  return [
    route({
      method: 'POST',
      path: '/modalities/{id}/store',
      summary: 'Sends resources to a modality (C-STORE), as a job',
      accepts: ['application/json', 'text/plain'],
      ...producesJson,
      ...reachesOut,
      handle: async ({ params: { id }, body, left }) => {
        const request = parseStoreRequest(await body.readText(limits.jsonBodyBytes))
        const parameters = await storeParameters(id, request, context)
        return startJob(context.jobs, { type: 'DicomModalityStore', parameters }, request.job, left)
      },
    }),
    route({
      method: 'POST',
      path: '/modalities/{id}/store-straight',
      summary: 'Sends a DICOM file to a modality (C-STORE) that is not stored here',
      accepts: ['application/dicom'],
      ...producesJson,
      ...reachesOut,
      handle: async ({ params: { id }, body, left }) => {
        const destination = remotes.modalities.destination(id)
        const { sopClassUid, sopInstanceUid } = await withSpooledInstance(body.read(), context, (source) =>
          whileWaiting(left(), (signal) => remotes.sender.send(destination, source, { signal })),
        )
        return json({ SOPClassUID: sopClassUid, SOPInstanceUID: sopInstanceUid })
      },
    }),
  ]
}

/** Errors: `InexistentItem` for an unknown modality, `UnknownResource`. */
async function storeParameters(
  remote: string,
  { job, resources, changes, moveOriginator }: StoreRequest,
  { remotes: { modalities }, find }: RouteContext,
): Promise<StoreParameters> {
  const { callingAeTitle, calledAeTitle } = modalities.destination(remote, changes)
  const located = await find.locate(resources)
  const missing = resources.find((id) => !located.some((each) => each.id === id))
  if (missing !== undefined) throw new DomainError('UnknownResource', missing)
  return {
    description: 'REST API',
    remote,
    localAet: callingAeTitle,
    remoteAet: calledAeTitle,
    changes,
    resources: located.map(({ level, id }) => ({ level, id })),
    ...(moveOriginator && {
      moveOriginator: {
        aeTitle: moveOriginator.aeTitle ?? callingAeTitle,
        messageId: moveOriginator.messageId,
      },
    }),
    retries: !job.synchronous,
  }
}
