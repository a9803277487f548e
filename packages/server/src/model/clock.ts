/** Now, in milliseconds since 1970: passed in, so that tests own the time. */
export type Clock = () => number

/** The second that was asked for last: most instances come after another one of the same second. */
let last = { second: Number.NaN, text: '' }

/** UTC, `YYYYMMDDTHHMMSS`. */
export function formatDate(time: number): string {
  const second = Math.floor(time / 1000)
  if (second === last.second) return last.text
  const iso = new Date(time).toISOString()
  const text = `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}`
  last = { second, text }
  return text
}

/** Milliseconds since 1970 of a date as `formatDate` writes it. */
export function parseDate(text: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/.exec(text) ?? []
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}
