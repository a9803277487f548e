/** SQLITE_FULL and the kinds of SQLITE_IOERR that a full disk causes (sqlite.org/rescode.html). */
const codes: ReadonlySet<number> = new Set([13, 778, 1290, 4874, 5386])

export const isFullDisk = (code: number | undefined): boolean => code !== undefined && codes.has(code)

/** SQLite's extended result code; undefined for other errors. */
export const resultCodeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) : undefined
