import type { Application, LogSettings } from '../cli/application.ts'
import { loadConfig } from '../config/load-config.ts'
import type { Config } from '../config/options.ts'
import { sampleConfig } from '../config/sample.ts'
import { createLog, type Log } from './log.ts'
import { start } from './start.ts'
import { openStorage } from './storage.ts'
import { version } from './version.ts'

async function prepare(
  paths: readonly string[],
  settings: LogSettings,
): Promise<{ config: Config; log: Log }> {
  const log = createLog(settings.level, settings.file)
  const sources = { paths, environment: process.env, directory: process.cwd() }
  const { config, warnings } = await loadConfig(sources)
  for (const warning of warnings) log.warn(warning)
  return { config, log }
}

const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/**
 * Resolves at the first signal to stop. One that comes later than a second after it ends the process; before that it
 * is the same one again: a terminal sends it to all of us, and so does each parent that forwards it.
 */
function toldToStop(): Promise<string> {
  return new Promise((resolve) => {
    const stop = (signal: string): void => {
      resolve(signal)
      setTimeout(() => {
        for (const each of stopSignals) process.off(each, stop)
      }, 1000).unref()
    }
    for (const each of stopSignals) process.on(each, stop)
  })
}

/** The program behind the command line. */
export const application: Application = {
  version,
  sampleConfig,
  serve: async (paths, settings, { resumeJobs }) => {
    const stopRequested = toldToStop()
    for (;;) {
      const { config, log } = await prepare(paths, settings)
      const wish = Promise.withResolvers<string>()
      const own = { ...config, SaveJobs: config.SaveJobs && resumeJobs }
      const server = await start(own, log, wish.resolve)
      log.info({ version, storage: config.StorageDirectory }, 'Kingsfoil is ready')
      const reason = await Promise.race([stopRequested, wish.promise])
      log.info({ reason }, 'Stopping')
      await server.stop()
      log.info('Stopped')
      if (reason !== 'reset') return
    }
  },
  openStorage: async (paths, settings) => {
    const { config, log } = await prepare(paths, settings)
    const storage = await openStorage(config, log)
    return {
      recover: async () => {
        await storage.recover()
      },
      receive: (bytes, origin) => storage.ingest.receive(bytes, origin),
      check: storage.check,
      rebuild: storage.rebuild,
      close: storage.close,
    }
  },
}
