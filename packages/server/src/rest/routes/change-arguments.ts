import { type ChangeType, changeTypes } from '../../model/change.ts'
import { DomainError } from '../../model/domain-error.ts'
import { isLevel, type Level } from '../../model/level.ts'

const isChangeType = (name: string): name is ChangeType => Object.hasOwn(changeTypes, name)

function readNames<Name extends string>(
  text: string,
  isName: (name: string) => name is Name,
  what: string,
): readonly Name[] {
  return text
    .split(';')
    .filter((name) => name !== '')
    .map((name) => {
      if (isName(name)) return name
      throw new DomainError('ParameterOutOfRange', `Unknown ${what}`)
    })
}

/** Errors: `ParameterOutOfRange` for a name that is none. */
export const readChangeTypes = (text: string): readonly ChangeType[] =>
  readNames(text, isChangeType, 'type of change')

/** Errors: `ParameterOutOfRange` for a name that is none. */
export const readLevels = (text: string): readonly Level[] => readNames(text, isLevel, 'level')
