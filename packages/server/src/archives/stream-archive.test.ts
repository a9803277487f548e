import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { ArchiveEntry } from './archive-entry.ts'
import { archiveLimits } from './archive-limits.ts'
import { chunksOf, collect, memoryEntry, unzip } from './archives.fixture.ts'
import { Deflater } from './deflater.ts'
import type { Entries, Packing } from './pack-entries.ts'
import { ReadAhead } from './read-ahead.ts'
import { streamArchive } from './stream-archive.ts'

const limits = { ...archiveLimits, wholeBytes: 100_000, pieceBytes: 30_000, windowBytes: 200_000 }

type Options = Partial<Omit<Packing, 'offset' | 'onPacked'>>

const stream = (entries: Entries, options: Options = {}) =>
  streamArchive(entries, {
    method: 'deflated',
    deflater: new Deflater(),
    ahead: new ReadAhead(archiveLimits.aheadBytes),
    limits,
    isPrompt: true,
    onSkipped: (_, error) => assert.fail(String(error)),
    ...options,
  })

/** Of every kind: none, short, in several pieces, longer than what is held back; noise, runs, text. */
const contents = new Map<string, Buffer>([
  ['a/empty', Buffer.alloc(0)],
  ['a/short', Buffer.from('short')],
  ['a/noise', randomBytes(25_000)],
  ['a/runs', Buffer.alloc(99_000)],
  ['b/long noise', randomBytes(300_000)],
  ['b/é long text', Buffer.from('a longer text, again and again. '.repeat(9000))],
  ['b/last', Buffer.from('last')],
])

test('another reader finds all files as they were, in their order', async () => {
  const unsized = ([name, content]: [string, Buffer]) => ({ ...memoryEntry(name, content), size: undefined })
  const sized = [...contents].map(([name, content]) => memoryEntry(name, content))
  for (const entries of [sized, sized.toReversed(), [...contents].map(unsized)]) {
    for (const method of ['deflated', 'stored'] as const) {
      for (const isPrompt of [true, false]) {
        const found = await unzip(await collect(stream(entries, { method, isPrompt })))
        assert.deepEqual(
          [...found.keys()],
          entries.map(({ name }) => name),
        )
        for (const [name, content] of found) assert.ok(contents.get(name)?.equals(content), name)
      }
    }
  }
})

test('an archive may be empty', async () => {
  assert.equal((await unzip(await collect(stream([])))).size, 0)
})

test('what compresses is compressed, what does not costs next to nothing', async () => {
  const sizeOf = async (name: string) => {
    const content = contents.get(name) ?? Buffer.alloc(0)
    return (await collect(stream([memoryEntry('x', content)]))).length / content.length
  }
  assert.ok((await sizeOf('a/runs')) < 0.02)
  assert.ok((await sizeOf('b/é long text')) < 0.02)
  assert.ok((await sizeOf('b/long noise')) < 1.005)
})

const failing = (name: string, content: Uint8Array, size = content.length + 1): ArchiveEntry => ({
  ...memoryEntry(name, content),
  size,
  read: async function* () {
    yield* chunksOf(content)
    throw new Error('unreadable')
  },
})

test('a file that cannot be read is left out and told', async () => {
  const good = Buffer.from('good')
  for (const method of ['deflated', 'stored'] as const) {
    for (const bad of [failing('bad', Buffer.alloc(0)), { ...memoryEntry('bad', good), size: 5 }]) {
      const skipped: string[] = []
      const entries = [memoryEntry('1', good), bad, memoryEntry('2', good)]
      const onSkipped = (entry: ArchiveEntry, error: unknown) => skipped.push(`${entry.name} ${error}`)
      const found = await unzip(await collect(stream(entries, { method, onSkipped })))
      assert.deepEqual([...found.keys()], ['1', '2'])
      assert.equal(skipped.length, 1)
      assert.match(skipped[0] ?? '', /^bad .*(unreadable|size)/)
    }
  }
})

test('also when it is the first', async () => {
  const skipped: string[] = []
  const entries = [failing('bad', Buffer.alloc(0)), memoryEntry('2', Buffer.from('good'))]
  const archive = await collect(stream(entries, { onSkipped: ({ name }) => skipped.push(name) }))
  assert.deepEqual([skipped, [...(await unzip(archive)).keys()]], [['bad'], ['2']])
})

test('a file that breaks off after some of it was given fails the archive', async () => {
  const long = failing('long', randomBytes(300_000), 400_000)
  const entries = [memoryEntry('1', Buffer.from('good')), long, memoryEntry('2', Buffer.from('good'))]
  await assert.rejects(collect(stream(entries)), /unreadable/)
})

test('progress counts the content of what is in the archive', async () => {
  let bytes = 0
  const entries = [...contents].map(([name, content]) => memoryEntry(name, content))
  await collect(stream(entries, { onProgress: (more) => (bytes += more) }))
  assert.equal(
    bytes,
    [...contents.values()].reduce((sum, { length }) => sum + length, 0),
  )
})

/** Endless files; `open` counts those that are being read. */
function endless() {
  const state = { open: 0, begun: 0 }
  const entries = function* () {
    for (;;) {
      yield {
        ...memoryEntry('x', Buffer.alloc(0)),
        size: 50_000,
        read: async function* () {
          state.open++
          state.begun++
          try {
            yield* chunksOf(Buffer.alloc(50_000), 10_000)
          } finally {
            state.open--
          }
        },
      }
    }
  }
  return { state, entries }
}

test('the signal ends it, and closes what is open', async () => {
  const { state, entries } = endless()
  const aborting = new AbortController()
  const archive = stream(entries(), { signal: aborting.signal })
  await archive.next()
  aborting.abort(new Error('gone'))
  await assert.rejects(collect(archive), /gone/)
  assert.equal(state.open, 0)
})

test('who takes no more reads no more', async () => {
  const { state, entries } = endless()
  const archive = stream(entries())
  for (let chunk = 0; chunk < 10; chunk++) await archive.next()
  const { begun } = state
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(state.begun, begun)
  assert.ok(begun * 50_000 <= limits.windowBytes + 12 * 50_000, `${begun} files were begun`)
  await archive.return()
  assert.equal(state.open, 0)
})

test('the first bytes do not wait for the compression of a file', async () => {
  const never = new Deflater(0)
  const archive = stream([memoryEntry('first', Buffer.alloc(20_000))], { deflater: never })
  const { value } = await archive.next()
  assert.equal(Buffer.from(value ?? []).toString('latin1', 30, 35), 'first')
})
