/** What the engine needs of a log; `pino` loggers fit. */
export interface JobsLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
