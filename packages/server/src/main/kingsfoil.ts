#!/usr/bin/env node
import { runCommandLine } from '../cli/program.ts'
import { application } from './application.ts'

const exitCode = await runCommandLine(process.argv.slice(2), application, {
  out: (line) => console.log(line),
  err: (line) => console.error(line),
})
process.exitCode = exitCode
