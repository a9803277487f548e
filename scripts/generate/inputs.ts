import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** SHA-256 of every input, so that a regenerated file differs only when somebody decided so. */
const pins: Readonly<Record<string, string>> = {
  'attributes.json': 'acc170c9646bf497e7c90dca904472f7eb673c9038c6198a92f82c66a9c74e5c',
  'sops.json': '1c1afd83b984a10113905a272b78c85f73e28668358225f0f30f9da16332d4ee',
}

export class InputChanged extends Error {}

/** The pinned JSON documents of one folder. */
export interface Inputs {
  /** Throws InputChanged unless the file has its pinned digest. */
  read(name: string): unknown
}

export function openInputs(folder: string): Inputs {
  return {
    read(name) {
      const bytes = readFileSync(join(folder, name))
      const digest = createHash('sha256').update(bytes).digest('hex')
      if (digest !== pins[name]) {
        throw new InputChanged(`${name} has SHA-256 ${digest}, pinned is ${pins[name] ?? 'nothing'}`)
      }
      return JSON.parse(bytes.toString('utf8'))
    },
  }
}

/** The rows of a JSON array of flat objects, each with all of `columns` as strings. */
export function readRows<Column extends string>(
  document: unknown,
  columns: readonly Column[],
): readonly Readonly<Record<Column, string>>[] {
  if (!Array.isArray(document)) throw new TypeError('expected an array')
  return document.map((row: unknown) => {
    const values: Partial<Record<Column, string>> = {}
    for (const column of columns) {
      const value: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, column) : undefined
      if (typeof value !== 'string') throw new TypeError(`no ${column} in ${JSON.stringify(row)}`)
      values[column] = value
    }
    return values as Readonly<Record<Column, string>>
  })
}
