/** One place where two answers do not agree. */
export interface Difference {
  /** Template of the route. */
  readonly route: string
  /** Way to the value, joined by slashes. */
  readonly path: string
  readonly ours: unknown
  readonly theirs: unknown
  /** What was asked about, for the reader. */
  readonly subject: string
}

type Found = Pick<Difference, 'path' | 'ours' | 'theirs'>

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string')

/** Entries that only one of two lists has, or that the order is another. */
function* compareLists(ours: readonly string[], theirs: readonly string[], path: string): Generator<Found> {
  const more = ours.filter((entry) => !theirs.includes(entry))
  const fewer = theirs.filter((entry) => !ours.includes(entry))
  for (const entry of more) yield { path: `${path}[]`, ours: entry, theirs: undefined }
  for (const entry of fewer) yield { path: `${path}[]`, ours: undefined, theirs: entry }
  if (more.length === 0 && fewer.length === 0 && ours.join('\n') !== theirs.join('\n')) {
    yield { path: `${path}[] order`, ours: ours.slice(0, 5), theirs: theirs.slice(0, 5) }
  }
}

type Named = Readonly<Record<string, unknown>> & { readonly ID: string }

const isNamedList = (value: unknown): value is readonly Named[] =>
  Array.isArray(value) && value.every((entry) => isObject(entry) && typeof entry.ID === 'string')

const byId = (list: readonly Named[]) => Object.fromEntries(list.map((entry) => [entry.ID, entry]))

/** Every leaf in which two JSON values differ; `undefined` for what is absent. */
export function* compareJson(ours: unknown, theirs: unknown, path = ''): Generator<Found> {
  const below = (name: string | number) => (path === '' ? String(name) : `${path}/${name}`)
  if (isObject(ours) && isObject(theirs)) {
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      yield* compareJson(ours[key], theirs[key], below(key))
    }
  } else if (isTextList(ours) && isTextList(theirs)) yield* compareLists(ours, theirs, path)
  else if (isNamedList(ours) && isNamedList(theirs)) {
    const order = (list: readonly Named[]) => list.map(({ ID }) => ID)
    yield* compareLists(order(ours), order(theirs), path)
    yield* compareJson(byId(ours), byId(theirs), path)
  } else if (Array.isArray(ours) && Array.isArray(theirs)) {
    for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
      yield* compareJson(ours[index], theirs[index], below(index))
    }
  } else if (ours !== theirs) yield { path, ours, theirs }
}

/** A difference that is known and explained. Patterns are tested against the route, the path and both values as JSON. */
export interface KnownDifference {
  /** Newer: as Orthanc 1.12.11 does. Deliberate: otherwise than any Orthanc. Later: Kingsfoil cannot do it yet. */
  readonly kind: 'newer' | 'deliberate' | 'later'
  /** Short, for the table of docs/differences.md. */
  readonly title: string
  /** What Orthanc 1.10.1 does, and what Kingsfoil does and why. */
  readonly explanation: string
  readonly route: RegExp
  readonly path: RegExp
  readonly ours?: RegExp
  readonly theirs?: RegExp
  /** Of the file asked about, when it is a matter of that file alone. */
  readonly subject?: RegExp
}

const textOf = (value: unknown) => JSON.stringify(value) ?? 'undefined'

export function explains(
  known: KnownDifference,
  { route, path, ours, theirs, subject }: Difference,
): boolean {
  return (
    known.route.test(route) &&
    known.path.test(path) &&
    (known.ours?.test(textOf(ours)) ?? true) &&
    (known.theirs?.test(textOf(theirs)) ?? true) &&
    (known.subject?.test(subject) ?? true)
  )
}
