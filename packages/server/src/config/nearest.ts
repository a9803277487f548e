/** Number of single-character edits between two texts (Levenshtein). */
export function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [row, character] of [...from].entries()) {
    const current = [row + 1]
    for (let column = 0; column < to.length; column++) {
      const substitution = (previous[column] ?? 0) + (character === to[column] ? 0 : 1)
      const insertion = (current[column] ?? 0) + 1
      const deletion = (previous[column + 1] ?? 0) + 1
      current.push(Math.min(substitution, insertion, deletion))
    }
    previous = current
  }
  return previous[to.length] ?? 0
}

/** The candidate that was probably meant, if one is close enough. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const lower = name.toLowerCase()
  let best: { readonly candidate: string; readonly distance: number } | undefined
  for (const candidate of candidates) {
    const distance = editDistance(lower, candidate.toLowerCase())
    if (best === undefined || distance < best.distance) best = { candidate, distance }
  }
  return best !== undefined && best.distance <= Math.ceil(name.length / 4) ? best.candidate : undefined
}
