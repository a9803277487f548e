import { setImmediate } from 'node:timers/promises'
import type { Catalog } from '../catalog/catalog.ts'
import { archiveRowsPerPage, type SeriesMember } from '../catalog/operations/archive-rows.ts'
import { DomainError } from '../model/domain-error.ts'
import type { ErrorCode } from '../model/errors.ts'
import { type Level, levels } from '../model/level.ts'
import { type ArchiveLimits, archiveLimits } from './archive-limits.ts'
import { type ArchiveFolder, arrangeFolders, type TreeSeries } from './archive-tree.ts'

export interface ArchiveRequest {
  readonly resources: readonly ArchivedResource[]
  /** Whether names may have letters beyond ASCII. */
  readonly utf8: boolean
  /** What is thrown for a resource that is not there. */
  readonly unknown: ErrorCode
}

export interface ArchivedResource {
  readonly id: string
  /** Undefined: whichever has the id. */
  readonly level?: Level | undefined
}

/** Files that are packed in one go; plain JSON. */
export interface ArchiveStep {
  readonly folders: readonly PlannedFolder[]
}

export type PlannedFolder = {
  /** With a slash at its end. */
  readonly path: string
  /** Pairs of an instance's id and the name of its file. */
  readonly files: readonly (readonly [id: string, name: string])[]
}

export interface ArchivePlan {
  readonly steps: readonly ArchiveStep[]
  readonly instances: number
  /** Bytes of all files. */
  readonly uncompressedSize: number
}

/**
 * What goes into an archive, and under which names. Each instance is there once, however many of the resources it
 * belongs to. What is deleted later is missed when the step is run.
 */
export async function planArchive(
  catalog: Catalog,
  request: ArchiveRequest,
  limits: ArchiveLimits = archiveLimits,
): Promise<ArchivePlan> {
  const all = await readTree(catalog, request)
  let [instances, uncompressedSize] = [0, 0]
  for (const series of all) {
    instances += series.instances.length
    for (const { size } of series.instances) uncompressedSize += size
  }
  const steps: ArchiveStep[] = []
  for (const step of cutSteps(arrangeFolders(all, request), limits)) {
    steps.push(step)
    // Whoever else waits has its turn between steps, and between pages below.
    await setImmediate()
  }
  return { steps, instances, uncompressedSize }
}

function* cutSteps(
  folders: Iterable<ArchiveFolder>,
  { stepBytes, stepFiles }: Pick<ArchiveLimits, 'stepBytes' | 'stepFiles'>,
): Generator<ArchiveStep, void, undefined> {
  let [step, files, bytes]: [PlannedFolder[], number, number] = [[], 0, 0]
  for (const { path, files: members } of folders) {
    let part: [string, string][] = []
    for (const { name, instance } of members) {
      if (files > 0 && (bytes >= stepBytes || files >= stepFiles)) {
        if (part.length > 0) step.push({ path, files: part })
        yield { folders: step }
        ;[step, part, files, bytes] = [[], [], 0, 0]
      }
      part.push([instance.id, name])
      files++
      bytes += instance.size
    }
    if (part.length > 0) step.push({ path, files: part })
  }
  if (files > 0) yield { folders: step }
}

async function readTree(catalog: Catalog, request: ArchiveRequest): Promise<readonly TreeSeries[]> {
  const wanted = await findWanted(catalog, request)
  const membersOf = new Map<number, readonly SeriesMember[]>()
  for (const page of paged([...wanted.instances])) {
    for (const [series, members] of Map.groupBy(catalog.archives.members(page), ({ parent }) => parent)) {
      membersOf.set(series, [...(membersOf.get(series) ?? []), ...members])
    }
    await setImmediate()
  }
  let rows = 0
  for (const series of wanted.series) {
    const members = await readMembers(catalog, series)
    membersOf.set(series, members)
    rows += members.length + 1
    if (rows < archiveRowsPerPage) continue
    rows = 0
    await setImmediate()
  }
  const tree: TreeSeries[] = []
  for (const page of paged([...membersOf.keys()])) {
    for (const { key, ...path } of catalog.archives.seriesPaths(page)) {
      tree.push({ ...path, instances: membersOf.get(key) ?? [] })
    }
    await setImmediate()
  }
  return tree
}

/** Keys of series of which everything is wanted, and of single instances. */
interface Wanted {
  readonly series: ReadonlySet<number>
  readonly instances: ReadonlySet<number>
}

/** Resources that are looked up without a pause. */
const resourcesPerPage = 100

async function findWanted({ search }: Catalog, { resources, unknown }: ArchiveRequest): Promise<Wanted> {
  const [series, instances] = [new Set<number>(), new Set<number>()]
  for (const [index, { id, level }] of resources.entries()) {
    if (index % resourcesPerPage === resourcesPerPage - 1) await setImmediate()
    const candidates = level === undefined ? levels : [level]
    const found = candidates
      .map((each) => [each, search.keyOf(each, id)] as const)
      .find(([, key]) => key !== undefined)
    if (found?.[1] === undefined) throw new DomainError(unknown)
    const [at, key] = [found[0], found[1]]
    if (at === 'Instance') instances.add(key)
    else for (const page of search.descend([[key]], at, 'Series')) for (const each of page) series.add(each)
  }
  return { series, instances }
}

async function readMembers(catalog: Catalog, series: number): Promise<readonly SeriesMember[]> {
  const members: SeriesMember[] = []
  for (;;) {
    const page = catalog.archives.seriesMembers(series, members.at(-1)?.key ?? 0)
    members.push(...page)
    if (page.length < archiveRowsPerPage) return members
    await setImmediate()
  }
}

function* paged(keys: readonly number[]): Generator<readonly number[], void, undefined> {
  for (let start = 0; start < keys.length; start += archiveRowsPerPage) {
    yield keys.slice(start, start + archiveRowsPerPage)
  }
}
