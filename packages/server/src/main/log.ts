import { createWriteStream } from 'node:fs'
import pino from 'pino'
import { formatLogLine } from './log-line.ts'

export type Log = pino.Logger

export type LogLevel = 'info' | 'debug' | 'trace' | 'silent'

/** Readable lines to stderr, or appended to a file. */
export function createLog(level: LogLevel, file?: string): Log {
  const stream = file === undefined ? process.stderr : createWriteStream(file, { flags: 'a' })
  return pino({ base: null, level }, { write: (json: string) => void stream.write(formatLogLine(json)) })
}
