import type { CodedSet } from './coded-set.ts'
import * as multiByte from './multi-byte-sets.ts'
import * as singleByte from './single-byte-sets.ts'

export const escapeByte = 0x1b

/** The coded set of each escape sequence, by what follows ESC (PS3.3 Tables C.12-3 and C.12-4). */
const sequences: readonly (readonly [string, CodedSet])[] = [
  ...[...Object.values(singleByte), ...Object.values(multiByte)].map((set) => [set.escape, set] as const),
  // JIS C 6226-1978, the predecessor of JIS X 0208.
  ['$@', multiByte.isoIr87],
]

export interface Designation {
  readonly set: CodedSet
  /** Bytes of the escape sequence, ESC included. */
  readonly length: number
}

/** The escape sequence at `at`, where an ESC is; undefined for one that no character set of DICOM has. */
export function readEscape(bytes: Uint8Array, at: number): Designation | undefined {
  for (const [text, set] of sequences) {
    if (startsWith(bytes, at + 1, text)) return { set, length: text.length + 1 }
  }
  return undefined
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false
  }
  return true
}
