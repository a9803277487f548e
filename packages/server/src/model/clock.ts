/** Now, in milliseconds since 1970: passed in, so that tests own the time. */
export type Clock = () => number

/** UTC, `YYYYMMDDTHHMMSS`. */
export function formatDate(time: number): string {
  const iso = new Date(time).toISOString()
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}`
}

/** Milliseconds since 1970 of a date as `formatDate` writes it. */
export function parseDate(text: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/.exec(text) ?? []
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}
