import {
  type ArchivedFile,
  locateFiles,
  readMembers,
  readSeriesMembers,
  readSeriesPaths,
  type SeriesMember,
  type SeriesPath,
} from './operations/archive-rows.ts'
import type { Session } from './sqlite/session.ts'

/** Reads for archives: one statement for each page, of `archiveRowsPerPage` rows at the most. */
export class CatalogArchives {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  seriesPaths(keys: readonly number[]): readonly SeriesPath[] {
    return readSeriesPaths(this.#session, keys)
  }

  /** The instances of a series behind a key, in order of arrival. */
  seriesMembers(series: number, after: number): readonly SeriesMember[] {
    return readSeriesMembers(this.#session, series, after)
  }

  members(keys: readonly number[]): readonly SeriesMember[] {
    return readMembers(this.#session, keys)
  }

  locate(ids: readonly string[]): ReadonlyMap<string, ArchivedFile> {
    return locateFiles(this.#session, ids)
  }
}
