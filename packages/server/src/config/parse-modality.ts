import { DomainError } from '../model/domain-error.ts'
import type { Modality } from '../model/modality.ts'
import { modality } from './modality.ts'
import { Mismatch } from './value-type.ts'

/** Values that are of the right type, and yet not possible. */
const ranges: ReadonlySet<string | undefined> = new Set(['Port', 'Manufacturer', 'RetrieveMethod'])

/** What a client says of a modality. Errors: `ParameterOutOfRange`, `BadFileFormat`. */
export function parseModality(value: unknown): Modality {
  try {
    return modality.read(value, '')
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error
    const code = ranges.has(error.at[0]) ? 'ParameterOutOfRange' : 'BadFileFormat'
    throw new DomainError(code, [...error.at, error.message].join(': '), { cause: error })
  }
}
