export { type ConfigSources, type LoadedConfig, loadConfig } from '../config/load-config.ts'
export type { Config } from '../config/options.ts'
export { createLog, type Log, type LogLevel } from './log.ts'
export { type RunningServer, start } from './start.ts'
