import { type LogCategory, logCategories, type Verbosity } from '../model/verbosity.ts'
import type { Log } from './log.ts'

const levelOf: Readonly<Record<Verbosity, string>> = { default: 'info', verbose: 'debug', trace: 'trace' }

/** How much is logged, by category; those without a log of their own only remember what they were told. */
export class LogLevels {
  readonly #logs = new Map<LogCategory, Log>()
  readonly #levels = new Map<LogCategory, Verbosity>()

  constructor(root: Log) {
    this.#logs.set('generic', root)
    const known = Object.entries(levelOf).find(([, level]) => level === root.level)
    const initial = (known?.[0] ?? 'default') as Verbosity
    for (const category of logCategories) this.#levels.set(category, initial)
  }

  /** Makes the log of a room, which goes by a category from now on. */
  child(room: 'http' | 'dicom'): Log {
    const root = this.#log('generic')
    const log = root.child({ room })
    // What is assigned is the child's own from then on.
    log.level = root.level
    this.#logs.set(room, log)
    return log
  }

  get(category: LogCategory): Verbosity {
    return this.#levels.get(category) ?? 'default'
  }

  set(category: LogCategory, verbosity: Verbosity): void {
    this.#levels.set(category, verbosity)
    const log = this.#logs.get(category)
    if (log !== undefined) log.level = levelOf[verbosity]
  }

  #log(category: LogCategory): Log {
    const log = this.#logs.get(category)
    if (log === undefined) throw new Error(`No log for ${category}`)
    return log
  }
}
