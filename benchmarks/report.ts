import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { type Figure, type FigureId, figures, type Measurements, median, type Subject } from './figures.ts'

const number = (value: number | undefined) =>
  value === undefined ? '–' : value.toFixed(value < 100 ? 1 : 0).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

function spread(values: readonly number[]): string {
  const middle = median(values)
  if (middle === undefined) return '–'
  if (values.length === 1) return number(middle)
  return `${number(middle)} (${number(Math.min(...values))}–${number(Math.max(...values))})`
}

const isLessBetter = ({ unit }: Figure) => unit !== 'per s'

interface Verdict {
  readonly target: string
  readonly isMet: boolean
}

function verdicts(figure: Figure, ours?: number, theirs?: number, bare?: number): readonly Verdict[] {
  const result: Verdict[] = []
  if (ours === undefined) return result
  const { ratio, atMost, ofBare } = figure
  if (ratio !== undefined && theirs !== undefined) {
    const less = isLessBetter(figure)
    result.push({
      target: `${less ? '≤' : '≥'} ${ratio}×`,
      isMet: less ? ours / theirs <= ratio : ours / theirs >= ratio,
    })
  }
  if (atMost !== undefined) result.push({ target: `≤ ${atMost} ${figure.unit}`, isMet: ours <= atMost })
  if (ofBare !== undefined && bare !== undefined) {
    result.push({ target: `≥ ${ofBare * 100} % of bare Node`, isMet: ours / bare >= ofBare })
  }
  return result
}

function row(id: FigureId, measurements: Measurements): readonly string[] | undefined {
  const figure: Figure = figures[id]
  const values = (subject: Subject) => measurements.of(id, subject)
  const [ours, theirs, bare] = [
    median(values('kingsfoil')),
    median(values('orthanc')),
    median(values('bare')),
  ]
  if (ours === undefined && theirs === undefined) return undefined
  const ratio = ours === undefined || theirs === undefined ? '–' : `${(ours / theirs).toFixed(2)}×`
  const checks = verdicts(figure, ours, theirs, bare)
  return [
    `${figure.title}, ${figure.unit}`,
    spread(values('orthanc')),
    spread(values('kingsfoil')),
    ratio,
    bare === undefined || ours === undefined ? '' : `${number(bare)} (${((ours / bare) * 100).toFixed(0)} %)`,
    checks.map(({ target }) => target).join(', '),
    checks.map(({ isMet }) => (isMet ? 'met' : '**missed**')).join(', '),
  ]
}

/** Markdown table: medians, in brackets the smallest and the largest round. */
export function table(measurements: Measurements): string {
  const head = ['Workload', 'Orthanc', 'Kingsfoil', 'ratio', 'bare Node (share)', 'target', '']
  const ids = Object.keys(figures) as FigureId[]
  const rows = ids.map((id) => row(id, measurements)).filter((cells) => cells !== undefined)
  const lines = [head, ['---', '--:', '--:', '--:', '--:', '---', '---'], ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Cores, memory, kernel and file system: what a reader needs to place the numbers, and nothing that names a machine. */
export function describeMachine(folder: string): string {
  const fileSystem = execFileSync('df', ['--output=fstype', folder], { encoding: 'utf8' }).split('\n')[1]
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} cores, ${memory} GiB of memory, Linux ${release().split('-')[0]}, ${fileSystem}`
}

const keptMark = '<!-- What follows is kept by hand. -->'

/** What of an earlier report stays when a new one takes its place. */
export function keptPart(report: string): string {
  const start = report.indexOf(keptMark)
  return start < 0 ? '' : `\n${report.slice(start)}`
}

export interface ReportOptions {
  readonly folder: string
  readonly versions: Readonly<Record<string, string>>
  readonly rounds: number
  readonly slices: number
}

export function report(
  measurements: Measurements,
  { folder, versions, rounds, slices }: ReportOptions,
): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `# Side by side with Orthanc

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}. ${describeMachine(folder)}. ${named.join(', ')}.

Medians of ${rounds} rounds, in brackets the extremes. ${slices} synthetic CT slices of 512×512×16 bit unless said. The
servers take turns on the same disk, which of them begins changes from round to round, both with SyncStorageArea; each
starts with empty storage. Before what is measured come 4,000 other uploads, of which 3,000 are tiny (by storescu
2,700 and 2,000, by wrk 3 s), because Node goes on compiling for thousands of them. Nothing is deleted before the end:
a file system that has just deleted much is slow to make files. Load generators share the cores with the server, so
the leanest are used: wrk for reading and for tiny uploads, storescu, and for other uploads a client that writes
prepared requests to a socket. Lines with "Node's own" client, or "a client in Node", repeat it with one that costs
more processor time; Node's own takes more than some of these servers do. findscu reads its dictionary whenever it
starts, so it gets one with the elements that are needed. "Bare Node" streams the same files from a folder and does
nothing else; of uploads it receives, hashes, writes and syncs a file and one row of a table, without looking at a
byte: about what Node can reach on that machine.

${table(measurements)}
`
}
