import { DomainError } from '../model/domain-error.ts'
import { isModalityName, type Modality } from '../model/modality.ts'
import {
  type Destination,
  type DestinationChanges,
  type DestinationDefaults,
  destinationOf,
} from './destination.ts'

export interface ModalitiesOptions extends DestinationDefaults {
  /** Reads what a client says of a modality. */
  readonly parse: (value: unknown) => Modality
}

/** The remote DICOM applications, by symbolic name. What is changed while the server runs is lost when it stops. */
export class Modalities {
  readonly #byName: Map<string, Modality>
  readonly #options: ModalitiesOptions

  constructor(configured: ReadonlyMap<string, Modality>, options: ModalitiesOptions) {
    this.#byName = new Map(configured)
    this.#options = options
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()].toSorted()
  }

  get all(): readonly Modality[] {
    return [...this.#byName.values()]
  }

  find(name: string): Modality | undefined {
    return this.#byName.get(name)
  }

  /** Errors: `InexistentItem`. */
  get(name: string): Modality {
    const modality = this.#byName.get(name)
    if (modality === undefined) throw unknown(name)
    return modality
  }

  /** Where a modality is called, as it is known now. Errors: `InexistentItem`. */
  destination(name: string, changes?: DestinationChanges): Destination {
    return destinationOf(this.get(name), this.#options, changes)
  }

  /** The same of one that has no name here. Errors: those of `parse`. */
  destinationOf(value: unknown, changes?: DestinationChanges): Destination {
    return destinationOf(this.#options.parse(value), this.#options, changes)
  }

  /** Errors: `BadFileFormat` for a name that cannot be one; those of `parse`. */
  set(name: string, value: unknown): void {
    if (!isModalityName(name)) {
      throw new DomainError(
        'BadFileFormat',
        `Names of modalities have letters, digits, - and _ only: ${name}`,
      )
    }
    this.#byName.set(name, this.#options.parse(value))
  }

  /** Errors: `InexistentItem`. */
  remove(name: string): void {
    if (!this.#byName.delete(name)) throw unknown(name)
  }
}

const unknown = (name: string): DomainError =>
  new DomainError('InexistentItem', `No modality with symbolic name: ${name}`)
