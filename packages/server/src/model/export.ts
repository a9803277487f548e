import type { Level } from './level.ts'
import type { Identifiers } from './resource-id.ts'

/** A resource that was sent to somebody. */
export interface NewExport {
  readonly level: Level
  readonly resourceId: string
  /** Symbolic name of the modality or peer. */
  readonly remote: string
  /** Those of the resource and of all above it. */
  readonly identifiers: Partial<Identifiers>
  /** UTC, `YYYYMMDDTHHMMSS`. */
  readonly date: string
}

export interface Export extends NewExport {
  readonly sequence: number
}

/** A page of the log of exports; `last` as for changes. */
export interface ExportPage {
  readonly exports: readonly Export[]
  readonly done: boolean
  readonly last: number
}
