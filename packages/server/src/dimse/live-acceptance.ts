import { storageSopClasses } from '@kingsfoil/dicom'
import { verificationSopClassUid } from '@kingsfoil/dimse'
import { type AcceptanceOptions, isStored } from './acceptance.ts'
import { acceptedSyntaxes, type SyntaxOptions } from './accepted-syntaxes.ts'

/** What the DICOM server accepts, and what of it may be changed while it runs. */
export class LiveAcceptance {
  readonly #modalities: () => AcceptanceOptions['modalities']
  #options: Omit<AcceptanceOptions, 'modalities'>

  constructor(
    options: Omit<AcceptanceOptions, 'modalities'>,
    modalities: () => AcceptanceOptions['modalities'],
  ) {
    this.#options = options
    this.#modalities = modalities
  }

  /** Associations are decided by what this is when they are asked for. */
  get options(): AcceptanceOptions {
    return { ...this.#options, modalities: this.#modalities() }
  }

  get transferSyntaxes(): readonly string[] {
    return this.#options.storageSyntaxes
  }

  /** UIDs with wildcards. The switches of groups are for the start alone. */
  acceptTransferSyntaxes(patterns: SyntaxOptions['patterns']): void {
    const storageSyntaxes = acceptedSyntaxes({ patterns, refusedGroups: new Set() })
    this.#options = { ...this.#options, storageSyntaxes }
  }

  get sopClasses(): readonly string[] {
    return storageSopClasses.map(({ uid }) => uid).filter((uid) => isStored(uid, this.#options))
  }

  get acceptsUnknownSopClasses(): boolean {
    return this.#options.acceptUnknownSopClasses
  }

  acceptUnknownSopClasses(accept: boolean): void {
    this.#options = { ...this.#options, acceptUnknownSopClasses: accept }
  }

  /** Services as SCP, with the SOP classes of each. */
  get services(): readonly { readonly name: string; readonly sopClasses: readonly string[] }[] {
    return [
      { name: 'C-ECHO', sopClasses: [verificationSopClassUid] },
      { name: 'C-STORE', sopClasses: this.sopClasses },
    ]
  }
}
