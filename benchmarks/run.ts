import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findProgram, run } from '../interop/support/processes.ts'
import { noise } from '../interop/support/random.ts'
import { repository, type ServerKind, skipWithoutServer } from '../interop/support/servers.ts'
import { imageFile, seriesOf } from '../interop/support/synthetic.ts'
import { Measurements } from './figures.ts'
import { describeMachine, keptPart, report, table } from './report.ts'
import { type Bench, scenarios } from './scenarios.ts'

const help = `npm run bench -- [options]
  --only a,b         of ${Object.keys(scenarios).join(', ')}
  --servers a,b      of orthanc, kingsfoil
  --rounds N         3
  --slices N         1000
  --folder PATH      where the servers store (the system's folder for temporary files)
  --output FILE      benchmarks/RESULTS.md when everything is run, else none
  --quick            one round of 100 slices, small giants`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    servers: { type: 'string', default: 'orthanc,kingsfoil' },
    rounds: { type: 'string' },
    slices: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    output: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

function writeSeries(folder: string, name: string, count: number, size = 512): void {
  mkdirSync(folder, { recursive: true })
  const pixels = noise(size * size * 2, 1)
  for (const image of seriesOf(name, count, size, size)) {
    writeFileSync(
      join(folder, `${String(image.instanceNumber).padStart(6, '0')}.dcm`),
      imageFile(image, pixels),
    )
  }
}

function writeFiles(folder: string, slices: number, nagleSlices: number): void {
  writeSeries(join(folder, '1'), 'store', slices)
  writeSeries(join(folder, 'nagle1'), 'nagle', nagleSlices)
  writeSeries(join(folder, 'tiny'), 'tiny', 2000, 2)
  writeSeries(join(folder, 'warm'), 'warm', 700)
  for (const part of ['a', 'b', 'c', 'd']) {
    writeSeries(join(folder, '4', part), `store ${part}`, slices / 4)
    writeSeries(join(folder, 'nagle4', part), `nagle ${part}`, nagleSlices / 4)
  }
}

async function versions(): Promise<Readonly<Record<string, string>>> {
  const manifest = JSON.parse(readFileSync(join(repository, 'packages/server/package.json'), 'utf8')) as {
    version: string
  }
  const orthanc = findProgram('Orthanc') === undefined ? '' : (await run('Orthanc', ['--version'])).stdout
  const node = process.version.slice(1)
  return { Orthanc: /Orthanc (\S+)/.exec(orthanc)?.[1] ?? 'absent', Kingsfoil: manifest.version, Node: node }
}

async function main(): Promise<void> {
  if (values.help) {
    console.log(help)
    return
  }
  const chosen = values.only?.split(',') ?? Object.keys(scenarios)
  const kinds = values.servers.split(',').filter((name): name is ServerKind => {
    const reason = skipWithoutServer(name as ServerKind)
    if (reason) console.error(`without ${name}: ${reason}`)
    return !reason
  })
  const slices = Number(values.slices ?? (values.quick ? 100 : 1000))
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3))
  const folder = mkdtempSync(join(values.folder, 'kingsfoil-bench-'))
  const bench: Bench = {
    measurements: new Measurements(),
    kinds,
    rounds,
    folder,
    files: join(folder, 'files'),
    slices,
    nagleSlices: Math.min(100, slices),
    storedInstances: values.quick ? 1000 : 10_000,
    searchedStudies: values.quick ? 1000 : 10_000,
    giantFrames: values.quick ? 128 : 2048,
  }
  console.error(`${describeMachine(values.folder)}; the servers store below ${values.folder}`)
  if (chosen.some((name) => name === 'read' || name === 'tiny8') && findProgram('wrk') === undefined) {
    throw new Error('not installed: wrk')
  }
  try {
    writeFiles(bench.files, slices, bench.nagleSlices)
    for (const name of chosen) {
      const scenario = scenarios[name]
      if (scenario === undefined) throw new Error(`no scenario ${name}\n${help}`)
      if (name.startsWith('giant') && !kinds.includes('kingsfoil')) continue
      console.error(name)
      await scenario(bench).catch((error: unknown) => {
        // What the others measured is worth having all the same.
        console.error(`${name} failed:`, error)
        process.exitCode = 1
      })
    }
    // Before the folder goes, which takes minutes.
    console.log(table(bench.measurements))
    const output =
      values.output ??
      (values.only === undefined && !values.quick ? join(import.meta.dirname, 'RESULTS.md') : undefined)
    if (output !== undefined) {
      const before = existsSync(output) ? readFileSync(output, 'utf8') : ''
      const facts = { folder: values.folder, versions: await versions(), rounds, slices }
      writeFileSync(output, report(bench.measurements, facts) + keptPart(before))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
