/** What a client believes to replace: the revision, and the MD5 (hexadecimal) of the value. */
export interface Revision {
  readonly revision: number
  readonly md5: string
}

/** Undefined: whatever is there. `required`: what is there is replaced only by those who name it. */
export interface Precondition {
  readonly expected: Revision | undefined
  readonly required: boolean
}

export const unconditionally: Precondition = { expected: undefined, required: false }

/** Whether somebody may replace `current`, which is undefined when nothing is there: that needs no permission. */
export function mayReplace(current: Revision | undefined, { expected, required }: Precondition): boolean {
  if (current === undefined) return true
  if (expected === undefined) return !required
  return expected.revision === current.revision && expected.md5 === current.md5
}
