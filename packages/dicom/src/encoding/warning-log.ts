import type { Tag } from '../tag.ts'
import { type Warning, type WarningCode, warningCodes } from '../warnings.ts'

/** Collects warnings up to a limit, so that a hostile stream cannot fill the memory with them. */
export class WarningLog {
  readonly #limit: number
  readonly #warnings: Warning[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get warnings(): readonly Warning[] {
    return this.#warnings
  }

  add(code: WarningCode, tag?: Tag, offset?: number): void {
    if (this.#warnings.length >= this.#limit) return
    this.#warnings.push({
      code,
      message: warningCodes[code],
      ...(tag === undefined ? {} : { tag }),
      ...(offset === undefined ? {} : { offset }),
    })
  }
}
