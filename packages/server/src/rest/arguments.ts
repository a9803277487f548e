import Type, { type Static, type TSchema } from 'typebox'
import { DomainError } from '../model/domain-error.ts'

/** GET arguments by name; every one is optional. */
export interface ArgumentSchemas {
  readonly [name: string]: TSchema
}

export type Arguments<Schemas extends ArgumentSchemas> = {
  readonly [Name in keyof Schemas]?: Static<Schemas[Name]> | undefined
}

/** `?name`, or with the value 0, 1, true or false. */
export const flag = (description: string) => Type.Boolean({ description })

export const unsignedInteger = (description: string) => Type.Integer({ minimum: 0, description })

export const word = (description: string) => Type.String({ description })

type Reader = (name: string, value: string) => string | number | boolean

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['', true],
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
])

function readFlag(name: string, value: string): boolean {
  const known = booleans.get(value)
  if (known === undefined) throw new DomainError('BadParameterType', `Argument "${name}" must be a Boolean`)
  return known
}

function readInteger(name: string, value: string): number {
  const number = /^\d{1,15}$/.test(value) ? Number(value) : undefined
  if (number === undefined) {
    throw new DomainError('BadParameterType', `Argument "${name}" must be an unsigned integer`)
  }
  return number
}

const readWord: Reader = (_name, value) => value

function readerOf(schema: TSchema): Reader {
  if (Type.IsBoolean(schema)) return readFlag
  return Type.IsInteger(schema) ? readInteger : readWord
}

/**
 * Makes the parser of a route's GET arguments; unknown ones are ignored. Errors: `BadParameterType`.
 */
export function createArgumentParser<Schemas extends ArgumentSchemas>(
  schemas: Schemas,
): (query: URLSearchParams | undefined) => Arguments<Schemas> {
  const readers = Object.entries(schemas).map(([name, schema]) => [name, readerOf(schema)] as const)
  const none = Object.freeze({}) as Arguments<Schemas>
  return (query) => {
    if (query === undefined) return none
    const found = readers.flatMap(([name, read]) => {
      const value = query.get(name)
      return value === null ? [] : [[name, read(name, value)] as const]
    })
    return Object.fromEntries(found) as Arguments<Schemas>
  }
}

/** A Boolean as the body of a PUT. Errors: `BadFileFormat`. */
export function parseBooleanText(body: string): boolean {
  const known = body.trim() === '' ? undefined : booleans.get(body.trim())
  if (known === undefined) throw new DomainError('BadFileFormat', 'Boolean value expected')
  return known
}
