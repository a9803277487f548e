import type { IncomingHttpHeaders } from 'node:http'
import type { ArchivePlan } from '../../archives/archive-plan.ts'
import type { ArchiveKind } from '../../job-types/archive-jobs.ts'
import { type ArchiveParameters, archiveParameters } from '../../job-types/archive-parameters.ts'
import type { StepContext } from '../../jobs/job-type.ts'
import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import {
  type ArchiveRequest,
  parseArchiveRequest,
  parseBatchRequest,
  readArchiveArguments,
} from '../archive-request.ts'
import { flag, unsignedInteger, word } from '../arguments.ts'
import { attendedDownload, spooledDownload } from '../attended-download.ts'
import { rangeReply } from '../content-reply.ts'
import { startJob, submissionOptions } from '../job-request.ts'
import { contentDisposition, type Reply } from '../reply.ts'
import { type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'

const zip = 'application/zip'

const query = {
  filename: word('Name of the download'),
  transcode: word('UID of the transfer syntax wanted; files that cannot be transcoded stay as they are'),
  'lossy-quality': unsignedInteger('Quality of lossy compression'),
  'store-only': flag('Files are not compressed, so that the length is known and ranges are possible'),
}

const extended = { extended: flag('The DICOMDIR says more than it must') }

/** Resources stay as they are, but a job takes the place of others in the history, and its output that of others. */
const posted = { method: 'POST', accepts: ['application/json'], produces: [zip], stores: false } as const

const fetched = { method: 'GET', produces: [zip] } as const

interface Caller {
  readonly headers: IncomingHttpHeaders
  readonly left: () => AbortSignal
}

interface Wanted {
  readonly kind: ArchiveKind
  readonly resources: ArchiveParameters['resources']
  /** Name of the download, if the client gives none. */
  readonly filename: string
}

/** ZIP of all that a patient, study or series has; as media, with a DICOMDIR. */
export function archiveRoutes(level: Exclude<Level, 'Instance'>, context: RouteContext): readonly Route[] {
  const answer = async (kind: ArchiveKind, id: string, request: ArchiveRequest, caller: Caller) => {
    if ((await context.resources.get(level, id)) === undefined) throw new DomainError('InexistentItem')
    return sendArchive({ kind, resources: [{ id, level }], filename: `${id}.zip` }, request, caller, context)
  }
  const archive = `/${collectionOf[level]}/{id}/archive` as const
  const media = `/${collectionOf[level]}/{id}/media` as const
  return [
    route({
      ...fetched,
      path: archive,
      summary: 'All its files as a ZIP',
      query,
      handle: ({ params, query, ...caller }) =>
        answer('Archive', params.id, readArchiveArguments(query), caller),
    }),
    route({
      ...posted,
      path: archive,
      summary: 'All its files as a ZIP, or a job that makes it',
      handle: async ({ params, body, ...caller }) =>
        answer('Archive', params.id, parseArchiveRequest(await body.readText()), caller),
    }),
    route({
      ...fetched,
      path: media,
      summary: 'All its files, with a DICOMDIR, as a ZIP',
      query: { ...query, ...extended },
      handle: ({ params, query, ...caller }) =>
        answer('Media', params.id, readArchiveArguments(query), caller),
    }),
    route({
      ...posted,
      path: media,
      summary: 'All its files, with a DICOMDIR, as a ZIP, or a job that makes it',
      handle: async ({ params, body, ...caller }) =>
        answer('Media', params.id, parseArchiveRequest(await body.readText()), caller),
    }),
  ]
}

/** The same of several resources. */
export const batchArchiveRoutes = (context: RouteContext): readonly Route[] => [
  ...batchRoutes('create-archive', 'Archive', false, context),
  ...batchRoutes('create-media', 'Media', false, context),
  ...batchRoutes('create-media-extended', 'Media', true, context),
]

function batchRoutes(
  name: string,
  kind: ArchiveKind,
  isExtended: boolean,
  context: RouteContext,
): readonly Route[] {
  const answer = (ids: readonly string[], request: ArchiveRequest, caller: Caller) => {
    const resources = [...new Set(ids)].map((id) => ({ id }))
    const wanted = { kind, resources, filename: 'Archive.zip' }
    return sendArchive(wanted, { ...request, extended: request.extended || isExtended }, caller, context)
  }
  const path = `/tools/${name}`
  return [
    route({
      ...fetched,
      path,
      summary: 'The files of several resources as a ZIP',
      query: { ...query, resources: word('Ids of any level, separated by commas') },
      handle: ({ query, ...caller }) => answer(readIds(query.resources), readArchiveArguments(query), caller),
    }),
    route({
      ...posted,
      path,
      summary: 'The files of several resources as a ZIP, or a job that makes it',
      handle: async ({ body, ...caller }) => {
        const { resources, ...request } = parseBatchRequest(await body.readText(context.limits.batchBytes))
        return answer(resources, request, caller)
      },
    }),
  ]
}

/** Errors: `BadFileFormat`. */
function readIds(text: string | undefined): readonly string[] {
  if (text === undefined)
    throw new DomainError('BadFileFormat', 'Argument "resources" must list the resources')
  return text.split(',').filter((id) => id !== '')
}

async function sendArchive(
  { kind, resources, filename }: Wanted,
  request: ArchiveRequest,
  caller: Caller,
  context: RouteContext,
): Promise<Reply> {
  const parameters: ArchiveParameters = {
    resources,
    filename: request.filename || filename,
    utf8: request.utf8 ?? context.archiveOptions.utf8,
    storeOnly: request.storeOnly,
    extended: request.extended,
    transcode: request.transcode,
  }
  const submission = { type: kind, parameters: archiveParameters(parameters) }
  if (!request.job.synchronous) return startJob(context.jobs, submission, request.job, caller.left)
  const plan = await context.archives.plan(kind, parameters)
  const isStored = request.storeOnly && kind === 'Archive' && request.transcode === undefined
  if (isStored) return sendStored(plan, parameters, caller, context)
  const attendance = {
    submission: { ...submission, ...submissionOptions(request.job) },
    facts: context.archives.factsOf(plan),
    contentType: zip,
    headers: contentDisposition(parameters.filename),
    produce: (step: StepContext<unknown>) => context.archives.stream(kind, parameters, plan, step),
    left: caller.left(),
  }
  if (context.archiveOptions.streamed) return attendedDownload(context.jobs, attendance)
  return spooledDownload(context.jobs, attendance, context.archives.spool)
}

async function sendStored(
  plan: ArchivePlan,
  { filename }: ArchiveParameters,
  { headers }: Caller,
  { archives }: RouteContext,
): Promise<Reply> {
  const archive = await archives.openStored(plan)
  const download = {
    size: archive.length,
    contentType: zip,
    filename,
    tag: { ETag: `"${archive.fingerprint()}"` },
    read: archive.read.bind(archive),
  }
  return rangeReply(download, headers)
}
