import { changeTypes, jobChangeTypes } from '../model/change.ts'
import { levels } from '../model/level.ts'
import type { Webhook } from '../model/webhook.ts'
import {
  boolean,
  integer,
  isObject,
  listOf,
  Mismatch,
  oneOf,
  readPart,
  text,
  type ValueType,
} from './value-type.ts'

const keys: ReadonlySet<string> = new Set([
  'Url',
  'Events',
  'Levels',
  'Secret',
  'AllowPrivateAddresses',
  'FollowRedirects',
  'Timeout',
  'MaximumAttempts',
  'MaximumAge',
])

const url: ValueType<string> = {
  expected: 'an http or https URL without user and password',
  read(value, directory) {
    const parsed = URL.parse(text.read(value, directory))
    const isPlain = parsed !== null && /^https?:$/.test(parsed.protocol)
    if (!isPlain || parsed.username !== '' || parsed.password !== '') throw new Mismatch(this.expected)
    return parsed.href
  },
}

const secret: ValueType<string> = {
  expected: 'a string that is not empty',
  read(value) {
    if (typeof value !== 'string' || value === '') throw new Mismatch(this.expected)
    return value
  },
}

const changeNames = Object.keys(changeTypes) as (keyof typeof changeTypes)[]

const events = listOf(oneOf(...changeNames, ...jobChangeTypes))

/** Seconds: a day, which is less than what timers can count. */
const longestTimeout = 86_400

/** One entry of `Webhooks`. */
export const webhook: ValueType<Webhook> = {
  expected: `an object with Url and optionally ${[...keys].slice(1).join(', ')}`,
  read(value, directory) {
    // A misspelt key could leave out the signature.
    if (!isObject(value) || Object.keys(value).some((key) => !keys.has(key))) {
      throw new Mismatch(this.expected)
    }
    const optional = <T>(key: string, type: ValueType<T>): T | undefined =>
      value[key] === undefined ? undefined : readPart(type, value[key], directory, key)
    return {
      url: readPart(url, value.Url, directory, 'Url'),
      types: optional('Events', events),
      levels: optional('Levels', listOf(oneOf(...levels, 'Job'))),
      secret: optional('Secret', secret),
      allowPrivateAddresses: optional('AllowPrivateAddresses', boolean) ?? false,
      followRedirects: optional('FollowRedirects', boolean) ?? false,
      timeout: optional('Timeout', integer(1, longestTimeout)) ?? 10,
      maximumAttempts: optional('MaximumAttempts', integer(0)) ?? 0,
      maximumAge: optional('MaximumAge', integer(0)) ?? 0,
    }
  },
}
