import type { JsonValue } from '../../model/json-value.ts'
import { type Metadata, systemMetadata } from '../../model/metadata.ts'

/** The names of metadata, of the system's and of `UserMetadata`. */
export class MetadataNames {
  readonly #numbers: ReadonlyMap<string, number>
  readonly #names: ReadonlyMap<number, string>

  constructor(userMetadata: Readonly<Record<string, number>>) {
    const all = [...Object.entries(systemMetadata), ...Object.entries(userMetadata)]
    this.#numbers = new Map(all)
    this.#names = new Map(all.map(([name, number]) => [number, name]))
  }

  /** Reads a name or a number; undefined for a name that nobody registered. */
  parse(text: string): number | undefined {
    return /^\d{1,9}$/.test(text) ? Number(text) : this.#numbers.get(text)
  }

  /** The number itself where there is no name. */
  format(number: number): string {
    return this.#names.get(number) ?? String(number)
  }
}

interface MetadataStyle {
  readonly expand?: boolean | undefined
  readonly numeric?: boolean | undefined
}

export function viewMetadata(metadata: Metadata, style: MetadataStyle, names: MetadataNames): JsonValue {
  const entries = Object.entries(metadata).map(([key, value]) => [Number(key), value] as const)
  const { expand = false, numeric = false } = style
  if (expand) {
    return Object.fromEntries(entries.map(([key, value]) => [numeric ? key : names.format(key), value]))
  }
  return entries.map(([key]) => (numeric ? key : names.format(key)))
}
