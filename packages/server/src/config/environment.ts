import type { Entry, Environment } from './file.ts'
import { options } from './options.ts'

/** Variables of Orthanc's containers are understood, too; ours win. */
const prefixes = ['ORTHANC__', 'KINGSFOIL__'] as const

const compact = (name: string): string => name.replaceAll('_', '').toLowerCase()

const keys: ReadonlyMap<string, string> = new Map([...options.keys()].map((key) => [compact(key), key]))

/**
 * Options from the environment: `KINGSFOIL__HTTP_PORT=8043` is `"HttpPort": 8043`. Underscores and case do not
 * matter. A value is JSON, or else a string.
 */
export function readEnvironment(environment: Environment, directory: string): readonly Entry[] {
  const entries = new Map<string, Entry>()
  for (const prefix of prefixes) {
    for (const [name, text] of Object.entries(environment)) {
      if (text === undefined || !name.startsWith(prefix)) continue
      const rest = name.slice(prefix.length)
      const key = keys.get(compact(rest)) ?? rest
      entries.set(key, { key, value: interpret(text, key, directory), place: name, directory })
    }
  }
  return [...entries.values()]
}

/** A text such as `1234` is a number, unless the option wants a string. */
function interpret(text: string, key: string, directory: string): unknown {
  const value = parseJson(text)
  return value !== undefined && isAcceptable(value, key, directory) ? value : text
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isAcceptable(value: unknown, key: string, directory: string): boolean {
  try {
    options.get(key)?.type.read(value, directory)
    return true
  } catch {
    return false
  }
}
