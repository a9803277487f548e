import { dirname, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { DomainError } from '../model/domain-error.ts'
import { readEnvironment } from './environment.ts'
import { type Entry, type Environment, findFiles, readConfigFile } from './file.ts'
import { nearest } from './nearest.ts'
import type { Option } from './option.ts'
import { type Config, options } from './options.ts'
import { pluginSections } from './sections.ts'
import { Mismatch } from './value-type.ts'

export interface ConfigSources {
  /** Files, or directories of them; none of two may have the same key. */
  readonly paths: readonly string[]
  readonly environment: Environment
  /** Relative paths given outside of any file are relative to this one. */
  readonly directory: string
  /** Options given otherwise (by the command line, by a test): they win over everything. */
  readonly overrides?: Readonly<Record<string, unknown>>
}

export interface LoadedConfig {
  readonly config: Config
  /** Things the operator should know, one line each. */
  readonly warnings: readonly string[]
}

/** Where the files go when nobody says anything at all. */
const storageWithoutFile = 'data'

/**
 * Throws `BadParameterType` for a value of the wrong type, `NotImplemented` for one that must not be ignored, `BadJson`, `InexistentFile`, and `BadFileFormat` for
 * a key that stands in two files.
 */
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const fromFiles = await readFiles(sources)
  const entries = new Map(fromFiles.entries.map((entry) => [entry.key, entry]))
  for (const entry of readEnvironment(sources.environment, sources.directory)) entries.set(entry.key, entry)
  for (const [key, value] of Object.entries(sources.overrides ?? {})) {
    entries.set(key, { key, value, place: 'command line', directory: sources.directory })
  }
  const [firstPath] = fromFiles.paths
  const directory = firstPath === undefined ? sources.directory : dirname(firstPath)
  const values = [...options].map(([key, option]): readonly [string, unknown] => {
    const entry = entries.get(key)
    if (entry !== undefined) return [key, readEntry(option, entry)]
    const isPlain = key === 'StorageDirectory' && firstPath === undefined
    return [key, readDefault(option, directory, isPlain ? storageWithoutFile : option.default)]
  })
  return {
    config: Object.freeze(Object.fromEntries(values)) as Config,
    warnings: [...fromFiles.warnings, ...[...entries.values()].flatMap(warningsOf)],
  }
}

async function readFiles(sources: ConfigSources): Promise<{
  readonly paths: readonly string[]
  readonly entries: readonly Entry[]
  readonly warnings: readonly string[]
}> {
  const given = sources.paths.map((path) => resolve(sources.directory, path))
  const paths = (await Promise.all(given.map(findFiles))).flat()
  const contents = await Promise.all(paths.map((path) => readConfigFile(path, sources.environment)))
  const entries = contents.flatMap((content) => content.entries)
  const places = new Map<string, string>()
  for (const { key, place } of entries) {
    const other = places.get(key)
    if (other !== undefined)
      throw new DomainError('BadFileFormat', `${key} stands twice: ${other} and ${place}`)
    places.set(key, place)
  }
  return { paths, entries, warnings: contents.flatMap((content) => content.warnings) }
}

/** An absent option stays absent; every other default is read like a given value. */
function readDefault(option: Option<unknown>, directory: string, value: unknown): unknown {
  return value === undefined ? undefined : option.type.read(value, directory)
}

function readEntry(option: Option<unknown>, { key, value, place, directory }: Entry): unknown {
  try {
    return option.type.read(value, directory)
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error
    const where = [key, ...error.at].join('.')
    throw new DomainError('BadParameterType', `${where} (${place}): ${error.message}`, { cause: error })
  }
}

function warningsOf({ key, value, place }: Entry): readonly string[] {
  const option = options.get(key)
  if (option?.status === 'planned' && !isDeepStrictEqual(value, option.default)) {
    return [`${key} (${place}) is not in effect yet`]
  }
  if (option !== undefined) return []
  if (pluginSections.has(key))
    return [`${key} (${place}) belongs to a plugin of Orthanc; it is not in effect`]
  const meant = nearest(key, options.keys())
  return [`${key} (${place}) is not a known option${meant === undefined ? '' : `; did you mean ${meant}?`}`]
}
