import { DomainError } from '../model/domain-error.ts'
import type { JsonObject, JsonValue } from '../model/json-value.ts'
import { isLevel, type Level } from '../model/level.ts'

/** What is to be archived, and how; as JSON it is kept with the job. */
export interface ArchiveParameters {
  readonly resources: readonly { readonly id: string; readonly level?: Level }[]
  /** Of the download. */
  readonly filename: string
  readonly utf8: boolean
  /** Whether files are stored as they are, instead of deflated. */
  readonly storeOnly: boolean
  /** Of media: whether the DICOMDIR says more than it must. */
  readonly extended: boolean
  /** UID of the transfer syntax that was asked for. */
  readonly transcode: string | undefined
}

export const archiveParameters = ({ resources, transcode, ...rest }: ArchiveParameters): JsonObject => ({
  ...rest,
  resources: resources.map(({ id, level }) => ({ id, ...(level && { level }) })),
  ...(transcode !== undefined && { transcode }),
})

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const corrupted = (): DomainError =>
  new DomainError('CorruptedFile', 'What the job should archive is not readable')

/** Errors: `CorruptedFile`. */
export function parseArchiveParameters(stored: JsonValue): ArchiveParameters {
  if (!isObject(stored) || !Array.isArray(stored.resources)) throw corrupted()
  const { filename, utf8, storeOnly, extended, transcode } = stored
  return {
    resources: (stored.resources as readonly JsonValue[]).map(parseResource),
    filename: typeof filename === 'string' ? filename : 'Archive.zip',
    utf8: utf8 === true,
    storeOnly: storeOnly === true,
    extended: extended === true,
    transcode: typeof transcode === 'string' ? transcode : undefined,
  }
}

function parseResource(value: JsonValue): ArchiveParameters['resources'][number] {
  if (!isObject(value) || typeof value.id !== 'string') throw corrupted()
  const { id, level } = value
  if (level === undefined) return { id }
  if (typeof level !== 'string' || !isLevel(level)) throw corrupted()
  return { id, level }
}
