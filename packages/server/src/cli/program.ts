import { writeFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { DomainError } from '../model/domain-error.ts'
import { errors } from '../model/errors.ts'
import type { Application, LogSettings, OpenedStorage, Terminal } from './application.ts'
import { runCheck } from './check.ts'
import { runDemo } from './demo.ts'
import { importFolder } from './import-folder.ts'
import { runRebuild } from './rebuild.ts'

interface GlobalOptions {
  readonly verbose?: true
  readonly trace?: true
  readonly logfile?: string
}

/** Categories of Orthanc's log: asking for one of them is asking for more. */
const logCategories = ['generic', 'plugins', 'http', 'sqlite', 'dicom', 'jobs', 'lua'] as const

/** Of POSIX; larger numbers would lose their upper bits. */
const maxExitCode = 255

const configArgument = ['[config...]', 'configuration files, or folders of them'] as const

/**
 * Runs one command line and resolves to its exit code: 0; the number of the error where it fits; otherwise, and when
 * the storage or a file is not as it should be, 1.
 */
export async function runCommandLine(
  args: readonly string[],
  application: Application,
  terminal: Terminal,
): Promise<number> {
  let exitCode = 0
  const program = createProgram(application, terminal, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const { status } = errors[error.code]
    terminal.err(`Error ${status}: ${error.message}`)
    return status > 0 && status <= maxExitCode ? status : 1
  }
}

function createProgram(
  application: Application,
  terminal: Terminal,
  finish: (code: number) => void,
): Command {
  const program = new Command('kingsfoil')
    .description('A DICOM server with the REST API of Orthanc.')
    .version(application.version)
    .option('--verbose', 'log more')
    .option('--trace', 'log everything')
    .option('--logfile <file>', 'append the log to this file instead of writing it to stderr')
    .option('--config <file>', 'write a sample configuration to this file (- is stdout) and exit')
    .option('--errors', 'list the error codes and exit')
  for (const category of logCategories) {
    program.addOption(new Option(`--verbose-${category}`).hideHelp().implies({ verbose: true }))
    program.addOption(new Option(`--trace-${category}`).hideHelp().implies({ trace: true }))
  }
  addCommands(program, application, terminal, finish)
  return program
}

function addCommands(
  program: Command,
  application: Application,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  const log = (): LogSettings => logSettings(program.opts<GlobalOptions>())
  const withStorage = async (
    paths: readonly string[],
    body: (storage: OpenedStorage) => Promise<number>,
  ): Promise<void> => {
    const storage = await application.openStorage(paths, log())
    try {
      finish(await body(storage))
    } finally {
      await storage.close()
    }
  }
  program
    .command('serve', { isDefault: true })
    .description('run the server until SIGTERM or SIGINT (the command when none is given)')
    .argument(...configArgument)
    .addOption(new Option('--upgrade', 'accepted; the catalog is brought up to date anyway').hideHelp())
    .option('--no-jobs', 'let the jobs fail that had not ended when the server was stopped')
    .action(async (paths: readonly string[], { jobs }: { readonly jobs: boolean }) => {
      const { config, errors: list } = program.opts<{ config?: string; errors?: true }>()
      if (list === true) listErrors(terminal)
      else if (config !== undefined) await writeSample(config, application, terminal)
      else await application.serve(paths, log(), { resumeJobs: jobs })
    })
  program
    .command('import')
    .description('store every DICOM file below a folder')
    .argument('<folder>')
    .argument(...configArgument)
    .action((folder: string, paths: readonly string[]) =>
      withStorage(paths, (storage) => importFolder(storage, folder, terminal)),
    )
  program
    .command('check')
    .description('compare the catalog with the stored files')
    .option('--verify', 'read every file again and compare its MD5')
    .argument(...configArgument)
    .action((paths: readonly string[], options: { readonly verify?: true }) =>
      withStorage(paths, (storage) => runCheck(storage, options.verify === true, terminal)),
    )
  program
    .command('rebuild')
    .description('give every stored file that the catalog does not know its row again')
    .argument(...configArgument)
    .action((paths: readonly string[]) => withStorage(paths, (storage) => runRebuild(storage, terminal)))
  program
    .command('demo')
    .description('store a synthetic CT study')
    .option('--output <folder>', 'write it as files into this folder instead')
    .argument(...configArgument)
    .action(async (paths: readonly string[], options: { readonly output?: string }) => {
      const open = (): Promise<OpenedStorage> => application.openStorage(paths, log())
      finish(await runDemo(options.output, open, terminal))
    })
  program
    .command('config')
    .description('print a configuration with every option at its default')
    .action(() => terminal.out(application.sampleConfig()))
}

function logSettings({ verbose, trace, logfile }: GlobalOptions): LogSettings {
  const level = trace === true ? 'trace' : verbose === true ? 'debug' : 'info'
  return logfile === undefined ? { level } : { level, file: logfile }
}

function listErrors(terminal: Terminal): void {
  const rows = Object.values(errors).toSorted((a, b) => a.status - b.status)
  for (const { status, message } of rows) terminal.out(`${String(status).padStart(6)}   ${message}`)
}

async function writeSample(path: string, application: Application, terminal: Terminal): Promise<void> {
  const sample = application.sampleConfig()
  if (path === '-') terminal.out(sample)
  else await writeFile(path, `${sample}\n`)
}
