import type { Dictionary, JsonOptions } from '@kingsfoil/dicom'
import type { UserContentType } from '../model/attachment.ts'
import type { Clock } from '../model/clock.ts'
import type { EncodingName } from '../model/encodings.ts'
import type { LogCategory, Verbosity } from '../model/verbosity.ts'
import type { Webhook } from '../model/webhook.ts'
import type { HttpLimits } from './http-limits.ts'
import type {
  ArchivesRoom,
  AttachmentsRoom,
  ChangesRoom,
  DeliveriesRoom,
  ExportsRoom,
  FindRoom,
  IngestRoom,
  JobsRoom,
  LabelsRoom,
  PagesRoom,
  ReconstructRoom,
  RemotesRoom,
  ResourcesRoom,
  UserMetadataRoom,
} from './rooms.ts'
import type { SystemFacts } from './views/system-view.ts'

/** What the DICOM server accepts from now on. */
export interface AcceptanceRoom {
  readonly transferSyntaxes: readonly string[]
  readonly sopClasses: readonly string[]
  readonly acceptsUnknownSopClasses: boolean
  readonly services: readonly { readonly name: string; readonly sopClasses: readonly string[] }[]
  acceptTransferSyntaxes(patterns: readonly string[]): void
  acceptUnknownSopClasses(accept: boolean): void
}

export interface LogLevelsRoom {
  get(category: LogCategory): Verbosity
  set(category: LogCategory, verbosity: Verbosity): void
}

/** How text is read in data sets that do not name their character set. */
export interface EncodingRoom {
  readonly name: EncodingName
  /** Defined term of PS3.3 C.12.1.1.2. */
  readonly defaultCharacterSet: string
  use(name: EncodingName): void
}

/** Everything that the routes work with, passed in. */
export interface RouteContext {
  readonly ingest: IngestRoom
  readonly resources: ResourcesRoom
  readonly changes: ChangesRoom
  readonly exports: ExportsRoom
  readonly jobs: JobsRoom
  readonly archives: ArchivesRoom
  readonly archiveOptions: {
    /** Whether names have letters beyond ASCII, unless a client says otherwise. */
    readonly utf8: boolean
    /** Whether an archive is sent while it is made. */
    readonly streamed: boolean
  }
  readonly remotes: RemotesRoom
  /** Whether C-ECHO routes try C-FIND, too, when nothing is said. */
  readonly echoChecksFind: boolean
  readonly acceptance: AcceptanceRoom
  readonly logLevels: LogLevelsRoom
  /** Takes the wish of a client that the server stop; undefined where nobody could start it again. */
  readonly control: ((wish: 'reset' | 'shutdown') => void) | undefined
  readonly find: FindRoom
  readonly pages: PagesRoom
  readonly reconstruct: ReconstructRoom
  readonly labels: LabelsRoom
  readonly deliveries: DeliveriesRoom
  /** By name. */
  readonly webhooks: ReadonlyMap<string, Webhook>
  readonly attachments: AttachmentsRoom
  readonly userMetadata: UserMetadataRoom
  /** Kinds of attachments of one's own, by name. */
  readonly userContentTypes: ReadonlyMap<string, UserContentType>
  readonly dictionary: Dictionary
  readonly encoding: EncodingRoom
  readonly clock: Clock
  readonly system: SystemFacts
  readonly temporaryDirectory: string
  /** Bytes that a file in an archive or a compressed body may inflate to; 0 = no limit. */
  readonly maximumInflatedBytes: number
  /** Where `/` leads to, if there is a user interface. */
  readonly userInterface: string | undefined
  readonly limits: HttpLimits
}

/** As they are now: the character set may be another for the next request. */
export const jsonOptionsOf = ({ dictionary, encoding }: RouteContext): JsonOptions => ({
  dictionary,
  defaultCharacterSet: encoding.defaultCharacterSet,
})
