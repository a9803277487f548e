import { DomainError } from '../model/domain-error.ts'
import { isModalityName, type Modality } from '../model/modality.ts'

/** The remote DICOM applications, by symbolic name. What is changed while the server runs is lost when it stops. */
export class Modalities {
  readonly #byName: Map<string, Modality>
  readonly #parse: (value: unknown) => Modality

  /** `parse` reads what a client says of a modality. */
  constructor(configured: ReadonlyMap<string, Modality>, parse: (value: unknown) => Modality) {
    this.#byName = new Map(configured)
    this.#parse = parse
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

  /** A modality that has no name here. Errors: those of `parse`. */
  parse(value: unknown): Modality {
    return this.#parse(value)
  }

  /** Errors: `BadFileFormat` for a name that cannot be one; those of `parse`. */
  set(name: string, value: unknown): void {
    if (!isModalityName(name)) {
      throw new DomainError(
        'BadFileFormat',
        `Names of modalities have letters, digits, - and _ only: ${name}`,
      )
    }
    this.#byName.set(name, this.#parse(value))
  }

  /** Errors: `InexistentItem`. */
  remove(name: string): void {
    if (!this.#byName.delete(name)) throw unknown(name)
  }
}

const unknown = (name: string): DomainError =>
  new DomainError('InexistentItem', `No modality with symbolic name: ${name}`)
