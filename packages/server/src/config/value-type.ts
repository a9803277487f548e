import { resolve } from 'node:path'

/** A value is not of the type its option wants. `at` leads from the option's key to the culprit. */
export class Mismatch extends Error {
  readonly expected: string
  readonly at: readonly string[]

  constructor(expected: string, at: readonly string[] = []) {
    super(`expected ${expected}`)
    this.name = 'Mismatch'
    this.expected = expected
    this.at = at
  }
}

/** Reads a JSON value; `directory` is what relative paths are relative to. Throws `Mismatch`. */
export interface ValueType<T> {
  /** For people, in messages and in the reference: `true or false`. */
  readonly expected: string
  read(value: unknown, directory: string): T
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads one part of a larger value, so that a mismatch tells which part. */
export function readPart<T>(type: ValueType<T>, value: unknown, directory: string, step: string): T {
  try {
    return type.read(value, directory)
  } catch (error) {
    if (error instanceof Mismatch) throw new Mismatch(error.expected, [step, ...error.at])
    throw error
  }
}

export const boolean: ValueType<boolean> = {
  expected: 'true or false',
  read(value) {
    if (typeof value !== 'boolean') throw new Mismatch(this.expected)
    return value
  },
}

/** From `least` to `most`, both included. */
export function integer(least = 0, most = Number.MAX_SAFE_INTEGER): ValueType<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
  return {
    expected: `an integer ${range}`,
    read(value) {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
        throw new Mismatch(this.expected)
      }
      return value
    },
  }
}

export const text: ValueType<string> = {
  expected: 'a string',
  read(value) {
    if (typeof value !== 'string') throw new Mismatch(this.expected)
    return value
  },
}

export function textLike(pattern: RegExp, expected: string): ValueType<string> {
  return {
    expected,
    read(value) {
      if (typeof value !== 'string' || !pattern.test(value)) throw new Mismatch(expected)
      return value
    },
  }
}

/** Becomes absolute; empty stays empty. */
export const path: ValueType<string> = {
  expected: 'a path',
  read(value, directory) {
    if (typeof value !== 'string') throw new Mismatch(this.expected)
    return value === '' ? '' : resolve(directory, value)
  },
}

export function oneOf<const Choices extends readonly string[]>(
  ...choices: Choices
): ValueType<Choices[number]> {
  return {
    expected: `one of ${choices.map((choice) => `"${choice}"`).join(', ')}`,
    read(value) {
      const choice = choices.find((candidate) => candidate === value)
      if (choice === undefined) throw new Mismatch(this.expected)
      return choice
    },
  }
}

export function listOf<T>(item: ValueType<T>): ValueType<readonly T[]> {
  return {
    expected: `a list, each of it ${item.expected}`,
    read(value, directory) {
      if (!Array.isArray(value)) throw new Mismatch(this.expected)
      return value.map((each: unknown, index) => readPart(item, each, directory, String(index)))
    },
  }
}

export function mapOf<T>(item: ValueType<T>): ValueType<ReadonlyMap<string, T>> {
  return {
    expected: `an object, each value of it ${item.expected}`,
    read(value, directory) {
      if (!isObject(value)) throw new Mismatch(this.expected)
      return new Map(
        Object.entries(value).map(([key, each]) => [key, readPart(item, each, directory, key)] as const),
      )
    },
  }
}

/** Kept as it is: what is in it belongs to a room that does not exist yet. */
export const anyObject: ValueType<Readonly<Record<string, unknown>>> = {
  expected: 'an object',
  read(value) {
    if (!isObject(value)) throw new Mismatch(this.expected)
    return value
  },
}
