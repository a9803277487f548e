import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('crash.fixture.ts', import.meta.url))
const kills = Number(process.env.JOB_KILLS ?? 30)
const jobCount = 500

/** Runs the program until it ends, or is killed so many milliseconds after it was ready. */
async function runProgram(args: readonly string[], killAfter?: number): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  child.stderr.on('data', (text: Buffer) => said.push(text.toString()))
  const exit = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), exit])
  if (killAfter !== undefined) {
    await pause(killAfter)
    child.kill('SIGKILL')
  }
  const [code, signal] = await exit
  assert.equal(said.join(''), '')
  assert.deepEqual([code, signal], killAfter === undefined ? [0, null] : [null, 'SIGKILL'])
}

/** What the marks have told of a job so far. */
interface Track {
  readonly steps: number
  /** Step that runs now. */
  running: number | undefined
  /** Step that was begun last, since it was submitted or resubmitted. */
  begun: number
  /** Steps that were done at least once since then. */
  readonly done: Set<number>
  /** What it was told to do, and answered that it does. */
  held: 'pause' | 'cancel' | undefined
  over: string | undefined
  isResubmitted: boolean
  /** The same before it was last asked for. */
  doubt: boolean
  runs: number
}

class Witness {
  readonly tracks = new Map<string, Track>()
  readonly states = new Map<string, number>()
  repeated = 0

  read(marks: string): void {
    for (const line of marks.split('\n').filter((each) => each !== '')) {
      const [what = '', id = '', ...rest] = line.split(' ')
      if (what === 'killed') this.#killed()
      else if (what === 'submitted') this.#submitted(id, Number(rest[0]))
      else this.#follow(line, what, id, rest)
    }
  }

  /** A job may run before its submitter hears of it. */
  #track(id: string): Track {
    const found = this.tracks.get(id)
    if (found !== undefined) return found
    const begin = { running: undefined, begun: -1, held: undefined, over: undefined }
    const track = { ...begin, steps: 0, done: new Set<number>(), isResubmitted: false, doubt: false, runs: 0 }
    this.tracks.set(id, track)
    return track
  }

  #submitted(id: string, steps: number): void {
    this.tracks.set(id, { ...this.#track(id), steps })
  }

  #killed(): void {
    for (const track of this.tracks.values()) track.running = undefined
  }

  #follow(line: string, what: string, id: string, rest: readonly string[]): void {
    const track = this.#track(id)
    const [first = '', second = ''] = rest
    if (what === 'start') this.#start(line, track, Number(first))
    else if (what === 'done') track.done.add(Number(first))
    else if (what === 'end') track.running = undefined
    else if (what === 'over') track.over = first
    else if (first === 'resubmit') this.#resubmit(track, what, second)
    else if (what === 'asked' && first === 'resume' && track.held === 'pause') track.held = undefined
    else if (what === 'answered' && second === 'Done' && (first === 'pause' || first === 'cancel'))
      track.held = first
    else if (what === 'final') this.#final(line, track, first, second)
    else assert.notEqual(what, 'orphan', line)
  }

  /** One that was asked for and not answered may have been. */
  #resubmit(track: Track, what: string, outcome: string): void {
    if (what === 'asked') {
      track.doubt = track.isResubmitted
      track.isResubmitted = true
    } else if (outcome === 'NotNow') track.isResubmitted = track.doubt
  }

  #start(line: string, track: Track, step: number): void {
    assert.equal(track.running, undefined, `twice at once: ${line}`)
    if (step === 0 && track.isResubmitted) {
      Object.assign(track, { begun: -1, over: undefined, held: undefined, isResubmitted: false })
      track.done.clear()
    }
    assert.equal(track.over, undefined, `what is over runs: ${line}`)
    assert.equal(track.held, undefined, `what is held runs: ${line}`)
    // When a step begins, the one before the last was noted.
    assert.ok(step >= track.begun - 1, `back to ${step} from ${track.begun}: ${line}`)
    for (let before = 0; before < step; before++)
      assert.ok(track.done.has(before), `${before} left out: ${line}`)
    if (step <= track.begun) this.repeated += 1
    track.begun = step
    track.running = step
  }

  #final(line: string, track: Track, state: string, output: string): void {
    this.states.set(state, (this.states.get(state) ?? 0) + 1)
    const whole = Array.from({ length: track.steps }, (_, step) => `<${step}>`).join('')
    if (state === 'Success' && track.steps > 0) assert.equal(output, whole, line)
    if (state === 'Failure') assert.equal(output, '-', line)
    assert.ok(state === 'Success' || state === 'Failure', line)
    track.runs += 1
  }
}

async function countSubmitted(path: string): Promise<number> {
  const marks = await readFile(path, 'utf8')
  return marks.split('submitted ').length - 1
}

test(`${jobCount} jobs in every state, killed ${kills} times: none lost, none twice at once`, {
  timeout: 300_000,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-crash-'))
  const path = join(folder, 'marks')
  await writeFile(path, '')
  for (let round = 0; round < kills; round++) {
    // Some are killed while they submit, or recover.
    const share = Math.min(60, jobCount - (await countSubmitted(path)))
    await runProgram([folder, String(share), 'chaos'], round % 7 === 6 ? 0 : 50 + Math.random() * 500)
    await appendFile(path, 'killed\n')
  }
  await runProgram([folder, '0', 'finish'])
  const marks = await readFile(path, 'utf8')
  const witness = new Witness()
  witness.read(marks)
  const submitted = [...witness.tracks.values()].filter(({ steps }) => steps > 0)
  t.diagnostic(
    `${submitted.length} submitted, ${witness.repeated} steps repeated, ${JSON.stringify([...witness.states])}`,
  )
  for (const [id, { runs }] of witness.tracks) assert.equal(runs, 1, `${id} is lost`)
  assert.ok(submitted.length > kills && witness.repeated > 0, 'too little happened to prove anything')
  assert.deepEqual([...witness.states.keys()].sort(), ['Failure', 'Success'])
  await rm(folder, { recursive: true })
})
