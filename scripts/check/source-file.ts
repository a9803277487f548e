import { posix } from 'node:path'

/** `type`: gone at run time. `worker`: named by a URL, so it runs in a thread of its own. */
export type ImportKind = 'value' | 'type' | 'worker'

export interface Import {
  readonly specifier: string
  readonly kind: ImportKind
  readonly line: number
}

export interface FunctionSize {
  readonly name: string
  readonly line: number
  readonly lines: number
}

/** What the checks look at in one TypeScript file. */
export interface SourceFile {
  /** Relative to the root, with slashes. */
  readonly path: string
  readonly imports: readonly Import[]
  readonly functions: readonly FunctionSize[]
  readonly exports: number
  /** Lines that are neither blank nor only a comment. */
  readonly codeLines: number
}

/** Tests, and what they share. */
export const isTest = (path: string): boolean => /\.(test|conformance|fixture)\.ts$/.test(path)

export const isGenerated = (path: string): boolean => path.includes('/generated/')

/** The package that a path lies in. */
export const packageOf = (path: string): string | undefined => /^packages\/([^/]+)\/src\//.exec(path)?.[1]

/** The folder right below `packages/server/src`. */
export const roomOf = (path: string): string | undefined =>
  /^packages\/server\/src\/([^/]+)\//.exec(path)?.[1]

/** The file that a relative specifier names; undefined for packages. */
export function resolveImport(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : undefined
}
