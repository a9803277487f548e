/** Something that a check objects to, at a place that can be opened. */
export interface Problem {
  /** `path:line`, or only `path`, relative to the root of the repository. */
  readonly place: string
  readonly message: string
}
