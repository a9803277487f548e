import { DomainError } from '../model/domain-error.ts'

export interface ByteInterval {
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

const single = /^ *(\d{0,15}) *- *(\d{0,15}) *$/

/**
 * Reads a `Range` header for `size` bytes (RFC 9110 section 14.1.2); undefined when there is none, or of another unit.
 * Errors: `BadRange`, also for several ranges at once, which nobody needs and attackers multiply work with.
 */
export function parseRange(header: string | undefined, size: number): ByteInterval | undefined {
  if (header === undefined || !/^bytes *=/i.test(header)) return undefined
  const match = single.exec(header.slice(header.indexOf('=') + 1))
  const [first, last] = [match?.[1] ?? '', match?.[2] ?? '']
  if (first === '' && last === '') throw new DomainError('BadRange')
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  if (start >= end) throw new DomainError('BadRange')
  return { start, end }
}
