const letters: Readonly<Record<number, string>> = { 10: 'T', 20: 'T', 30: 'I', 40: 'W', 50: 'E', 60: 'E' }

/** What pino writes: its own fields, and whatever the caller passed along. */
interface Entry {
  readonly level: number
  readonly time: number
  readonly msg?: string
  readonly room?: string
  readonly err?: { readonly message?: string; readonly stack?: string }
  readonly [field: string]: unknown
}

const ownFields: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'room', 'err'])

/** Line breaks and terminal escapes would let a sender forge lines; direction marks would let it disguise them. */
function printable(text: string): string {
  return text.replaceAll(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const digits = (value: number, count: number): string => String(value).padStart(count, '0')

/** Month, day and time of day, local. */
function stamp(time: number): string {
  const date = new Date(time)
  const day = digits(date.getMonth() + 1, 2) + digits(date.getDate(), 2)
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => digits(part, 2))
    .join(':')
  return `${day} ${clock}.${digits(date.getMilliseconds(), 3)}`
}

const fieldText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** One entry as a line for people: `I1123 19:37:04.343 http] text field=value`. */
export function formatLogLine(json: string): string {
  const entry = JSON.parse(json) as Entry
  const fields = Object.entries(entry)
    .filter(([name, value]) => !ownFields.has(name) && value !== undefined)
    .map(([name, value]) => `${name}=${fieldText(value)}`)
  const text = [entry.msg ?? '', ...fields].join(' ')
  const head = `${letters[entry.level] ?? '?'}${stamp(entry.time)} ${entry.room ?? 'main'}] `
  const trace = (entry.err?.stack ?? entry.err?.message ?? '').split('\n').filter((line) => line !== '')
  return [head + printable(text), ...trace.map((line) => `    ${printable(line.trim())}`), ''].join('\n')
}
