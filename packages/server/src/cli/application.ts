import type { Received } from '../ingest/ingest.ts'
import type { Adoption } from '../ingest/rebuild-catalog.ts'
import type { Origin } from '../model/origin.ts'
import type { Finding } from '../resources/check-storage.ts'

export interface LogSettings {
  readonly level: 'info' | 'debug' | 'trace'
  /** Instead of stderr. */
  readonly file?: string
}

export interface ServeSettings {
  /** Whether jobs of an earlier process go on, if the configuration wants it. */
  readonly resumeJobs: boolean
}

/** A storage that no server has open. */
export interface OpenedStorage {
  /** Settles what an earlier process left; to be called before `receive`. */
  recover(): Promise<void>
  receive(bytes: AsyncIterable<Uint8Array>, origin: Origin): Promise<Received>
  check(options: { readonly verify: boolean }): AsyncIterable<Finding>
  rebuild(): AsyncIterable<Adoption>
  close(): Promise<void>
}

/** What the command line drives. `configPaths` are configuration files or folders of them. */
export interface Application {
  readonly version: string
  /** Resolves when the server has been told to stop and has stopped. */
  serve(configPaths: readonly string[], log: LogSettings, settings: ServeSettings): Promise<void>
  openStorage(configPaths: readonly string[], log: LogSettings): Promise<OpenedStorage>
  /** A configuration file with every option at its default. */
  sampleConfig(): string
}

/** Where commands print. Answers go to `out`; progress and trouble to `err`. */
export interface Terminal {
  out(line: string): void
  err(line: string): void
}
