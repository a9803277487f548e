import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { DomainError } from '../model/domain-error.ts'

/** One key of a configuration file, and where it stands. */
export interface Entry {
  readonly key: string
  readonly value: unknown
  /** `path:line`, for people. */
  readonly place: string
  /** What relative paths in the value are relative to. */
  readonly directory: string
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface FileContent {
  readonly entries: readonly Entry[]
  readonly warnings: readonly string[]
}

/** The files that a path stands for: itself, or every `*.json` right inside it. */
export async function findFiles(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const names = (await readdir(path)).filter((name) => name.endsWith('.json')).sort()
    return names.map((name) => join(path, name))
  } catch (error) {
    throw new DomainError('InexistentFile', path, { cause: error })
  }
}

/** Reads JSON with comments, after `${VARIABLE}` and `${VARIABLE:-default}` were replaced. */
export async function readConfigFile(path: string, environment: Environment): Promise<FileContent> {
  const { text, missing } = substitute(await readText(path), environment)
  const warnings = missing.map(
    (name) => `${path}: the environment has no variable ${name}; it is replaced by nothing`,
  )
  return { entries: parseEntries(text, path), warnings }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new DomainError('InexistentFile', path, { cause: error })
  }
}

export function substitute(
  text: string,
  environment: Environment,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = []
  const replaced = text.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (_, name: string, byDefault: string | undefined) => {
      const value = environment[name] ?? byDefault
      if (value === undefined) missing.push(name)
      return value ?? ''
    },
  )
  return { text: replaced, missing }
}

function parseEntries(text: string, path: string): readonly Entry[] {
  const errors: ParseError[] = []
  const tree = parseTree(text, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error !== undefined) {
    throw new DomainError(
      'BadJson',
      `${path}:${lineOf(text, error.offset)}: ${printParseErrorCode(error.error)}`,
    )
  }
  if (tree?.type !== 'object') throw new DomainError('BadJson', `${path}: not a JSON object`)
  return (tree.children ?? []).flatMap((property) => entryOf(property, text, path))
}

function entryOf(property: Node, text: string, path: string): readonly Entry[] {
  const [key, value] = property.children ?? []
  if (key === undefined || value === undefined) return []
  return [
    {
      key: String(key.value),
      value: getNodeValue(value) as unknown,
      place: `${path}:${lineOf(text, key.offset)}`,
      directory: dirname(resolve(path)),
    },
  ]
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length
