import type { Problem } from './problem.ts'

/** Documents that are not what the code would make of them. `read` gives undefined for a missing file. */
export function checkDocuments(
  documents: Readonly<Record<string, () => string>>,
  read: (path: string) => string | undefined,
): readonly Problem[] {
  return Object.entries(documents)
    .filter(([path, render]) => read(path) !== render())
    .map(([place]) => ({ place, message: 'is out of date: run node scripts/docs.ts' }))
}
