import type { Catalog } from '../catalog/catalog.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Level } from '../model/level.ts'

const syntax = /^[0-9A-Za-z_-]{1,64}$/

/** Errors: `ParameterOutOfRange`. */
export function checkLabel(label: string): void {
  if (syntax.test(label)) return
  const message = 'A label has 1 to 64 characters, of letters, digits, - and _'
  throw new DomainError('ParameterOutOfRange', message)
}

/** Words that users put on resources; each level has its own. Unknown resources give undefined or false. */
export class Labels {
  readonly #catalog: Catalog

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  list(level: Level, id: string): Promise<readonly string[] | undefined> {
    return this.#catalog.labels(level, id)
  }

  /** Those of all resources. */
  listAll(): Promise<readonly string[]> {
    return this.#catalog.allLabels()
  }

  /** Errors: `ParameterOutOfRange` for what is no label. */
  async add(level: Level, id: string, label: string): Promise<boolean> {
    checkLabel(label)
    return this.#catalog.setLabel({ level, id, label, isSet: true })
  }

  async remove(level: Level, id: string, label: string): Promise<boolean> {
    return this.#catalog.setLabel({ level, id, label, isSet: false })
  }
}
