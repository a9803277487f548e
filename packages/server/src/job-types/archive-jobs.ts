import type { Dictionary } from '@kingsfoil/dicom'
import type { ArchiveEntry } from '../archives/archive-entry.ts'
import type { ArchivePlan, PlannedFolder } from '../archives/archive-plan.ts'
import type { Archives, SpooledBytes } from '../archives/archives.ts'
import { directoryEntry, mediaEntries } from '../archives/media-directory.ts'
import { listenToEntries, type MediaRecord } from '../archives/media-listener.ts'
import { mediaSteps } from '../archives/media-names.ts'
import type { StoredArchive } from '../archives/stored-archive.ts'
import type { ZipRecord } from '../archives/zip-format.ts'
import { type JobType, jobType, type StepContext, type StepOutcome } from '../jobs/job-type.ts'
import type { Clock } from '../model/clock.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Job, JobError } from '../model/job.ts'
import type { JsonObject } from '../model/json-value.ts'
import type { Resources } from '../resources/resources.ts'
import { type ArchiveParameters, parseArchiveParameters } from './archive-parameters.ts'
import { transcodeEntries } from './transcode-entries.ts'

export type ArchiveKind = 'Archive' | 'Media'

/** Files that are packed in one go; `end`: what stands behind all files. */
type Step = { readonly folders: readonly PlannedFolder[] } | 'end'

export interface ArchiveJobsDependencies {
  readonly archives: Archives
  readonly resources: Pick<Resources, 'file' | 'header'>
  /** Of data sets. `defaultCharacterSet`: defined term for those that name none, '' for ASCII; it may change. */
  readonly text: { readonly dictionary: Dictionary; readonly defaultCharacterSet: string }
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
}

/** An archive that a client takes while it is made. */
export interface Production {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Of the job, when all bytes were given. */
  outcome(): StepOutcome
}

type Context = StepContext<ArchiveParameters>

const output = 'archive'

/** The jobs that make archives, and the same without a job's steps, for clients that wait. */
export class ArchiveJobs {
  readonly #with: ArchiveJobsDependencies
  readonly types: readonly JobType[]

  constructor(dependencies: ArchiveJobsDependencies) {
    this.#with = dependencies
    this.types = [this.#type('Archive'), this.#type('Media')]
  }

  /** Errors: `UnknownResource`; `BadRequest` for more instances than media can have. */
  async plan(kind: ArchiveKind, { resources, utf8 }: ArchiveParameters): Promise<ArchivePlan> {
    const plan = await this.#with.archives.plan({ resources, utf8, unknown: 'UnknownResource' })
    return kind === 'Archive' ? plan : { ...plan, steps: [...mediaSteps(plan.steps)] }
  }

  /** What `describe` needs to know of an archive that is not made yet. */
  readonly factsOf = ({ instances, uncompressedSize }: ArchivePlan, archiveSize = 0): JsonObject => ({
    instances,
    uncompressedSize,
    archiveSize,
  })

  stream(
    kind: ArchiveKind,
    parameters: ArchiveParameters,
    plan: ArchivePlan,
    context: StepContext<unknown>,
  ): Production {
    const { archives } = this.#with
    let [archiveSize, done] = [0, 0]
    const run = {
      ...runOf(parameters, context),
      onProgress: (bytes: number) => {
        done += bytes
        context.progress(Math.min(1, done / Math.max(1, plan.uncompressedSize)))
      },
    }
    const entries = this.#entries(plan.steps, parameters, context)
    const all = kind === 'Archive' ? entries : mediaEntries(entries, this.#listening(parameters, context))
    return {
      bytes: counted(archives.streamEntries(all, run), (bytes) => {
        archiveSize += bytes
      }),
      outcome: () => ({ facts: this.factsOf(plan, archiveSize) }),
    }
  }

  /** An archive of which any part can be read: `storeOnly`, without a DICOMDIR. */
  openStored(plan: ArchivePlan): Promise<StoredArchive> {
    const { archives, log } = this.#with
    const onSkipped = (instance: string | undefined, error: unknown): void =>
      log.warn({ instance, err: error }, 'An instance is left out of an archive')
    return archives.openStored(plan, { onSkipped })
  }

  readonly spool = (bytes: AsyncIterable<Uint8Array>): Promise<SpooledBytes> =>
    this.#with.archives.spool(bytes)

  #type(name: ArchiveKind): JobType {
    return jobType<ArchiveParameters, Step>({
      name,
      parse: parseArchiveParameters,
      plan: async (parameters) => {
        const plan = await this.plan(name, parameters)
        return {
          steps: [...plan.steps.map(({ folders }) => ({ folders })), 'end'],
          facts: this.factsOf(plan),
        }
      },
      run: (step, context) =>
        step === 'end' ? this.#finish(name, context) : this.#pack(name, step, context),
      describe,
      resubmission: true,
      outputs: {
        [output]: {
          contentType: 'application/zip',
          filename: (parameters) => parseArchiveParameters(parameters).filename,
        },
      },
    })
  }

  async #pack(kind: ArchiveKind, step: Exclude<Step, 'end'>, context: Context): Promise<StepOutcome> {
    const { archives } = this.#with
    const run = runOf(context.parameters, context)
    const media: MediaRecord[] = []
    const entries = this.#entries([step], context.parameters, context)
    const listening = {
      ...this.#listening(context.parameters, context),
      onRecord: (one: MediaRecord) => media.push(one),
    }
    const all = kind === 'Archive' ? entries : listenToEntries(entries, listening)
    const { blob, records } = await archives.writeEntries(all, sizeOf(context.facts), run)
    return outcomeOf(context, [blob], { records: records.map((record) => ({ ...record })), media })
  }

  async #finish(kind: ArchiveKind, context: Context): Promise<StepOutcome> {
    const { archives } = this.#with
    let offset = sizeOf(context.facts)
    const own: ZipRecord[] = []
    const blobs: Blob[] = []
    if (kind === 'Media') {
      const directory = await directoryEntry(
        noted<MediaRecord>(context, 'media'),
        this.#listening(context.parameters, context),
      )
      const { blob, records } = await archives.writeEntries(
        [directory],
        offset,
        runOf(context.parameters, context),
      )
      own.push(...records)
      blobs.push(blob)
      offset += blob?.size ?? 0
    }
    blobs.push(await archives.writeDirectory(chain(noted<ZipRecord>(context, 'records'), own), offset))
    return outcomeOf(context, blobs)
  }

  #entries(
    steps: ArchivePlan['steps'],
    parameters: ArchiveParameters,
    context: StepContext<unknown>,
  ): AsyncIterable<ArchiveEntry> {
    const { archives, resources, text } = this.#with
    const entries = archives.entries(steps, runOf(parameters, context))
    const { transcode: wanted } = parameters
    if (wanted === undefined) return entries
    const onKept = (id: string): void =>
      context.log('warning', `Stays in its transfer syntax, because there is no way to ${wanted}: ${id}`)
    return transcodeEntries(entries, { wanted, resources, dictionary: text.dictionary, onKept })
  }

  #listening({ extended }: ArchiveParameters, context: StepContext<unknown>) {
    const { text, clock } = this.#with
    return {
      extended,
      dictionary: text.dictionary,
      defaultCharacterSet: text.defaultCharacterSet,
      now: clock(),
      onUnlisted: (id: string | undefined, error?: Error) =>
        context.log(
          'warning',
          `The DICOMDIR does not list ${id ?? 'a file'}: ${error?.message ?? 'it names no instance'}`,
        ),
      onDuplicate: ({ name }: MediaRecord) =>
        context.log('warning', `The DICOMDIR lists an instance once: not ${name}`),
    }
  }
}

type Blob = { readonly key: string; readonly size: number } | undefined

function outcomeOf(context: Context, blobs: readonly Blob[], result?: JsonObject): StepOutcome {
  const parts = blobs.flatMap((blob) =>
    blob === undefined ? [] : [{ output, blob: blob.key, size: blob.size }],
  )
  const added = parts.reduce((total, { size }) => total + size, 0)
  return {
    ...(result && { result }),
    facts: { ...context.facts, archiveSize: sizeOf(context.facts) + added },
    parts,
  }
}

/** What the steps before noted under a name. */
async function* noted<Value>(context: Context, name: 'records' | 'media'): AsyncGenerator<Value> {
  for await (const result of context.results()) yield* (result[name] ?? []) as unknown as readonly Value[]
}

async function* chain<Value>(first: AsyncIterable<Value>, then: Iterable<Value>): AsyncGenerator<Value> {
  yield* first
  yield* then
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes(chunk.length)
    yield chunk
  }
}

const numberOf = (facts: JsonObject, name: string): number => Number(facts[name] ?? 0)

const sizeOf = (facts: JsonObject): number => numberOf(facts, 'archiveSize')

const runOf = ({ storeOnly }: ArchiveParameters, context: StepContext<unknown>) => ({
  method: storeOnly ? ('stored' as const) : ('deflated' as const),
  signal: context.signal,
  onSkipped: (id: string | undefined, error: unknown) => {
    context.log('warning', `Left out, because it cannot be read: ${id ?? 'a file'}`)
    if (id !== undefined) context.report(id, errorOf(error))
  },
})

const errorOf = (error: unknown): JobError => ({
  code: error instanceof DomainError ? error.code : 'InternalError',
  details: error instanceof DomainError ? (error.details ?? '') : '',
  payload: undefined,
})

const megabyte = 1024 * 1024

function describe({ utf8, transcode }: ArchiveParameters, { facts }: Job): JsonObject {
  const [archiveSize, uncompressedSize] = [sizeOf(facts), numberOf(facts, 'uncompressedSize')]
  return {
    ArchiveSize: String(archiveSize),
    ArchiveSizeMB: Math.floor(archiveSize / megabyte),
    Description: 'REST API',
    InstancesCount: numberOf(facts, 'instances'),
    ...(transcode !== undefined && { Transcode: transcode }),
    UncompressedSize: String(uncompressedSize),
    UncompressedSizeMB: Math.floor(uncompressedSize / megabyte),
    Utf8: utf8,
  }
}
