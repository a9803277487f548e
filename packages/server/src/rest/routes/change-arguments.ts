import { type ChangeType, changeTypes, type Happening, jobChangeTypes } from '../../model/change.ts'
import { DomainError } from '../../model/domain-error.ts'
import { isLevel, type Level } from '../../model/level.ts'

const isChangeType = (name: string): name is ChangeType => Object.hasOwn(changeTypes, name)

/** What an event may tell: what the feed has, and what is told once. */
export type EventType = Happening['type'] | 'JobProgress'

const isEventType = (name: string): name is EventType =>
  isChangeType(name) || name === 'JobProgress' || jobChangeTypes.some((type) => type === name)

const isEventLevel = (name: string): name is Level | 'Job' => name === 'Job' || isLevel(name)

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
export const readEventTypes = (text: string): readonly EventType[] =>
  readNames(text, isEventType, 'type of change')

/** Errors: `ParameterOutOfRange` for a name that is none. */
export const readLevels = (text: string): readonly Happening['level'][] =>
  readNames(text, isEventLevel, 'level')
