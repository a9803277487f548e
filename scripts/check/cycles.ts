import type { Problem } from './problem.ts'
import { resolveImport, type SourceFile } from './source-file.ts'

interface Visit {
  readonly path: string
  readonly rest: string[]
}

/** Files that import each other's values in a circle; types are gone at run time and do not count. */
export function checkCycles(files: readonly SourceFile[]): readonly Problem[] {
  const edges = new Map(files.map((file) => [file.path, valueImports(file)]))
  const done = new Set<string>()
  const problems: Problem[] = []
  for (const start of edges.keys()) {
    const trail: Visit[] = done.has(start) ? [] : [{ path: start, rest: [...(edges.get(start) ?? [])] }]
    for (let visit = trail.at(-1); visit !== undefined; visit = trail.at(-1)) {
      const next = visit.rest.pop()
      if (next === undefined) {
        done.add(visit.path)
        trail.pop()
        continue
      }
      const circle = trail.findIndex(({ path }) => path === next)
      if (circle >= 0) {
        const members = [...trail.slice(circle).map(({ path }) => path), next]
        problems.push({ place: next, message: `imports itself: ${members.join(' -> ')}` })
      } else if (!done.has(next)) {
        trail.push({ path: next, rest: [...(edges.get(next) ?? [])] })
      }
    }
  }
  return problems
}

function valueImports(file: SourceFile): readonly string[] {
  return file.imports
    .filter(({ kind }) => kind === 'value')
    .map(({ specifier }) => resolveImport(file.path, specifier))
    .filter((target) => target !== undefined)
}
