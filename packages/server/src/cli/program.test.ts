import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Received } from '../ingest/ingest.ts'
import type { Adoption } from '../ingest/rebuild-catalog.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Finding } from '../resources/check-storage.ts'
import type { Application, LogSettings, OpenedStorage } from './application.ts'
import { runCommandLine } from './program.ts'

interface Recorded {
  readonly out: string[]
  readonly err: string[]
  readonly calls: string[]
  readonly received: string[]
}

interface Behaviour {
  readonly findings?: readonly Finding[]
  readonly adoptions?: readonly Adoption[]
  receive?(text: string): Received['status']
  readonly openFails?: DomainError
}

async function* each<T>(items: readonly T[] = []): AsyncGenerator<T> {
  yield* items
}

const ids = { patient: '', study: '', series: '', instance: '' }

function fakeApplication(behaviour: Behaviour, { calls, received }: Recorded): Application {
  const describe = (name: string, paths: readonly string[], log: LogSettings): void => {
    calls.push([name, ...paths, log.level, ...(log.file === undefined ? [] : [log.file])].join(' '))
  }
  const storage: OpenedStorage = {
    recover: async () => void calls.push('recover'),
    receive: async (bytes) => {
      const text = Buffer.concat(await Array.fromAsync(bytes)).toString()
      received.push(text)
      return { status: behaviour.receive?.(text) ?? 'Success', ids, warnings: [] }
    },
    check: () => each(behaviour.findings),
    rebuild: () => each(behaviour.adoptions),
    close: async () => void calls.push('close'),
  }
  return {
    version: '1.2.3',
    sampleConfig: () => '{}',
    serve: async (paths, log, { resumeJobs }) =>
      describe(resumeJobs ? 'serve' : 'serve without jobs', paths, log),
    openStorage: async (paths, log) => {
      if (behaviour.openFails !== undefined) throw behaviour.openFails
      describe('open', paths, log)
      return storage
    },
  }
}

async function run(
  args: readonly string[],
  behaviour: Behaviour = {},
): Promise<Recorded & { readonly code: number }> {
  const recorded: Recorded = { out: [], err: [], calls: [], received: [] }
  const code = await runCommandLine(args, fakeApplication(behaviour, recorded), {
    out: (line) => recorded.out.push(line),
    err: (line) => recorded.err.push(line),
  })
  return { ...recorded, code }
}

test('serve is the command when none is given; options of the log stand anywhere', async () => {
  assert.deepEqual((await run([])).calls, ['serve info'])
  assert.deepEqual((await run(['a.json', 'b.json'])).calls, ['serve a.json b.json info'])
  assert.deepEqual((await run(['--verbose', 'a.json'])).calls, ['serve a.json debug'])
  assert.deepEqual((await run(['serve', 'a.json', '--trace'])).calls, ['serve a.json trace'])
  assert.deepEqual((await run(['--logfile=x.log', 'a.json'])).calls, ['serve a.json info x.log'])
})

test('the command lines that Orthanc is started with work', async () => {
  assert.deepEqual((await run(['--upgrade', '--no-jobs', 'a.json'])).calls, [
    'serve without jobs a.json info',
  ])
  assert.deepEqual((await run(['--verbose-http', 'a.json'])).calls, ['serve a.json debug'])
  assert.deepEqual((await run(['--trace-dicom', 'a.json'])).calls, ['serve a.json trace'])
  const { out, calls } = await run(['--config=-'])
  assert.deepEqual([out, calls], [['{}'], []])
})

test('--errors lists the numbers that commands end with', async () => {
  const { out, calls } = await run(['--errors'])
  assert.ok(out.some((line) => /^ *2003 .*HTTP server/.test(line)))
  assert.deepEqual(calls, [])
})

test('an error that is known ends the command with its number and its text', async () => {
  const { code, err } = await run(['check'], {
    openFails: new DomainError('DatabaseUnavailable', 'it is open'),
  })
  assert.equal(code, 36)
  assert.match(err[0] ?? '', /^Error 36: .*it is open$/)
  const port = await run(['check'], { openFails: new DomainError('DicomPortInUse') })
  assert.equal(port.code, 1)
  assert.match(port.err[0] ?? '', /^Error 2004: /)
})

test('check prints what it finds, and 0 only when that is nothing', async () => {
  const findings: readonly Finding[] = [
    { kind: 'missing', level: 'Instance', resourceId: 'i1', blobKey: 'k1' },
    { kind: 'corrupt', level: 'Instance', resourceId: 'i2', blobKey: 'k2', details: '3 bytes instead of 4' },
    { kind: 'orphan', blobKey: 'k3', size: 5 },
  ]
  const found = await run(['check', '--verify', 'a.json'], { findings })
  assert.equal(found.code, 1)
  assert.deepEqual(found.calls, ['open a.json info', 'close'])
  assert.deepEqual(found.out, [
    'missing: instance i1, file k1',
    'corrupt: instance i2, file k2 (3 bytes instead of 4)',
    'orphan: file k3 of 5 bytes',
  ])
  assert.equal((await run(['check'])).code, 0)
})

test('rebuild counts, names what it leaves, and fails when that is no DICOM file', async () => {
  const adoptions: readonly Adoption[] = [
    { blobKey: 'k1', outcome: 'adopted' },
    { blobKey: 'k2', outcome: 'known' },
    { blobKey: 'k3', outcome: 'duplicate' },
  ]
  const good = await run(['rebuild'], { adoptions })
  assert.deepEqual([good.code, good.out], [0, ['duplicate: file k3']])
  assert.match(good.err[0] ?? '', /^1 files were taken in, 1 were known/)
  const bad = await run(['rebuild'], { adoptions: [{ blobKey: 'k4', outcome: 'refused', details: 'what?' }] })
  assert.deepEqual([bad.code, bad.out], [1, ['refused: file k4 (what?)']])
})

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-import-'))
  try {
    await body(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('import takes every file below a folder, and follows no links', async () => {
  await inFolder(async (folder) => {
    await mkdir(join(folder, 'in/a/b'), { recursive: true })
    for (let index = 0; index < 50; index++) await writeFile(join(folder, `in/a/b/${index}`), `file ${index}`)
    await writeFile(join(folder, 'in/notes'), 'notes')
    await writeFile(join(folder, 'outside'), 'outside')
    await symlink(join(folder, 'outside'), join(folder, 'in/link'))
    await symlink(join(folder, 'in'), join(folder, 'in/circle'))
    const { code, received, err, calls } = await run(['import', join(folder, 'in'), 'a.json'], {
      receive: (text) => {
        if (text === 'notes') throw new DomainError('BadFileFormat')
        return text === 'file 7' ? 'AlreadyStored' : 'Success'
      },
    })
    assert.equal(code, 0)
    assert.equal(received.length, 51)
    assert.match(err[0] ?? '', /^49 instances were stored, 1 were stored already, .* 1 files are no DICOM/)
    assert.deepEqual(calls, ['open a.json info', 'recover', 'close'])
  })
})

test('import ends with the first trouble that is not the fault of a file', async () => {
  await inFolder(async (folder) => {
    for (let index = 0; index < 100; index++) await writeFile(join(folder, String(index)), 'x')
    const full = await run(['import', folder], {
      receive: () => {
        throw new DomainError('FullStorage')
      },
    })
    assert.equal(full.code, 19)
    assert.ok(full.received.length < 100)
    assert.equal(full.calls.at(-1), 'close')
    assert.equal((await run(['import', join(folder, 'nowhere')])).code, 13)
  })
})
