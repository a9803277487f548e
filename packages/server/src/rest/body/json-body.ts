import { DomainError } from '../../model/domain-error.ts'
import { limits } from '../../model/limits.ts'
import type { RequestBody } from './request-body.ts'

/** The members of a JSON object that a client sent: nobody has looked at them yet. */
export type Members = ReadonlyMap<string, unknown>

/** A map has no prototype that a member could be mistaken for. */
export const membersOf = (value: object): Members => new Map(Object.entries(value))

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Errors: `BadRequest` for anything but a JSON object; `RequestTooLarge`. */
export async function readJsonObject(body: RequestBody): Promise<Members> {
  return parseJsonObject(await body.readText(limits.jsonBodyBytes))
}

/** Errors: `BadRequest`. */
export function parseJsonObject(text: string): Members {
  const value = parseJson(text)
  if (!isObject(value)) throw new DomainError('BadRequest', 'The body must contain a JSON object')
  return membersOf(value)
}

/** Errors: `BadRequest`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new DomainError('BadRequest', 'The body is no JSON', { cause })
    throw cause
  }
}

const wrong = (name: string, expected: string): DomainError =>
  new DomainError('BadRequest', `Field "${name}" must be ${expected}`)

/** `fallback` for a missing member. Errors: `BadRequest` for one of another type. */
export function readBoolean(members: Members, name: string, fallback: boolean): boolean {
  const value = members.get(name) ?? fallback
  if (typeof value !== 'boolean') throw wrong(name, 'a Boolean')
  return value
}

/** `fallback` for a missing member. Errors: `BadRequest`. */
export function readInteger(members: Members, name: string, fallback: number): number {
  const value = members.get(name) ?? fallback
  if (typeof value !== 'number' || !isInteger32(value)) throw wrong(name, 'an integer')
  return value
}

/** What clients write in C++ reads as `int`. */
export const isInteger32 = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 2 ** 31

/** 0 for a missing member. Errors: `ParameterOutOfRange` for a negative number, too. */
export function readUnsigned(members: Members, name: string): number {
  const value = members.get(name) ?? 0
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(name, 'an unsigned integer')
  if (value < 0) throw new DomainError('ParameterOutOfRange', `Field "${name}" must not be negative`)
  return value
}

/** Undefined for a missing member. */
export function readString(members: Members, name: string): string | undefined {
  const value = members.get(name)
  if (value !== undefined && typeof value !== 'string') throw wrong(name, 'a string')
  return value
}

/** Undefined for a missing member. */
export function readStrings(members: Members, name: string): readonly string[] | undefined {
  const value = members.get(name)
  if (value === undefined) return undefined
  if (!Array.isArray(value) || !value.every((each): each is string => typeof each === 'string')) {
    throw wrong(name, 'an array of strings')
  }
  return value
}

/** Undefined for a missing member. */
export function readObject(members: Members, name: string): Members | undefined {
  const value = members.get(name)
  if (value === undefined) return undefined
  if (!isObject(value)) throw wrong(name, 'an object')
  return membersOf(value)
}
