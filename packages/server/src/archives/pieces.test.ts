import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { chunksOf, memoryEntry } from './archives.fixture.ts'
import { cutEntries, lookAhead, regroup, type Step } from './pieces.ts'
import { ReadAhead } from './read-ahead.ts'

test('pieces have the same bytes, and their size between once and twice what was asked for', async () => {
  const cases = fc.tuple(fc.nat(5000), fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 700 }))
  await fc.assert(
    fc.asyncProperty(cases, async ([length, chunkBytes, pieceBytes]) => {
      const bytes = Buffer.from(Array.from({ length }, (_, index) => index % 251))
      const pieces: Uint8Array[] = []
      for await (const piece of regroup(chunksOf(bytes, chunkBytes), pieceBytes)) pieces.push(piece)
      assert.ok(Buffer.concat(pieces).equals(bytes))
      for (const piece of pieces.slice(0, -1)) assert.ok(piece.length >= pieceBytes)
      for (const piece of pieces) assert.ok(piece.length <= 2 * pieceBytes)
    }),
  )
})

const kindsOf = async (steps: AsyncIterable<Step>) => {
  const kinds: string[] = []
  for await (const { kind } of steps) kinds.push(kind)
  return kinds
}

/** No others. */
const alone = () => new ReadAhead(Number.POSITIVE_INFINITY)

const keep = { packOf: () => async (piece: Uint8Array) => piece }

test('a file that has not the bytes that it should have is broken', async () => {
  const content = Buffer.alloc(1000)
  const cut = (size: number | undefined) =>
    cutEntries([{ ...memoryEntry('a', content), size }], { pieceBytes: 400, ...keep })
  assert.deepEqual(await kindsOf(cut(1000)), ['begin', 'piece', 'piece', 'end'])
  assert.deepEqual(await kindsOf(cut(undefined)), ['begin', 'piece', 'piece', 'end'])
  assert.deepEqual(await kindsOf(cut(1001)), ['begin', 'piece', 'piece', 'broken'])
  assert.deepEqual(await kindsOf(cut(999)), ['begin', 'piece', 'broken'])
})

/** Steps of one file in pieces of 10 bytes that are packed when `finish` is called. */
function heldPieces(count: number) {
  const state = { begun: 0, isClosed: false }
  const waiting: (() => void)[] = []
  const entry = {
    ...memoryEntry('a', Buffer.alloc(count * 10)),
    read: async function* () {
      try {
        yield* chunksOf(Buffer.alloc(count * 10), 10)
      } finally {
        state.isClosed = true
      }
    },
  }
  const packOf = () => (piece: Uint8Array) => {
    state.begun++
    return new Promise<Uint8Array>((resolve) => waiting.push(() => resolve(piece)))
  }
  const steps = cutEntries([entry], { pieceBytes: 10, packOf })
  const finish = () => {
    for (const each of waiting.splice(0)) each()
  }
  return { state, steps, finish }
}

test('steps ahead are bounded by their bytes, and by their number', async () => {
  for (const [window, most] of [
    [{ windowBytes: 50, windowPieces: 1000, ahead: alone() }, 5],
    [{ windowBytes: 1e6, windowPieces: 7, ahead: alone() }, 7],
  ] as const) {
    const { state, steps, finish } = heldPieces(100)
    const ahead = lookAhead(steps, window)
    assert.equal((await ahead.next()).value?.kind, 'begin')
    // The first is not waited for.
    assert.equal((await ahead.next()).value?.kind, 'piece')
    assert.equal(state.begun, 1)
    const next = ahead.next()
    await setImmediate()
    assert.equal((await next).value?.kind, 'piece')
    assert.equal(state.begun, 1 + most)
    await setImmediate()
    // Nobody asked for more.
    assert.equal(state.begun, 1 + most)
    finish()
    await ahead.return()
  }
})

test('who has enough closes the file, after what was begun has ended', async () => {
  const { state, steps, finish } = heldPieces(100)
  const ahead = lookAhead(steps, { windowBytes: 50, windowPieces: 1000, ahead: alone() })
  for (let taken = 0; taken < 3; taken++) await ahead.next()
  let isOver = false
  const over = ahead.return().then(() => {
    isOver = true
  })
  await setImmediate()
  assert.deepEqual([state.isClosed, isOver], [true, false])
  finish()
  await over
  assert.ok(isOver)
})

test('what is ready is given before more is read', async () => {
  let read = 0
  const entry = {
    ...memoryEntry('a', Buffer.alloc(1000)),
    read: async function* () {
      for (let index = 0; index < 100; index++) {
        read++
        yield Buffer.alloc(10)
      }
    },
  }
  const ahead = lookAhead(cutEntries([entry], { pieceBytes: 10, ...keep }), {
    windowBytes: 500,
    windowPieces: 1000,
    ahead: alone(),
  })
  assert.equal((await ahead.next()).value?.kind, 'begin')
  assert.ok(read <= 1)
  await ahead.return()
})

test('what is read ahead is bounded over all archives, and each one goes on nevertheless', async () => {
  const shared = new ReadAhead(100)
  const window = { windowBytes: 50, windowPieces: 1000, ahead: shared }
  const archives = Array.from({ length: 10 }, () => heldPieces(100))
  const begun = () => archives.reduce((total, { state }) => total + state.begun, 0)
  const aheads = archives.map(({ steps }) => lookAhead(steps, window))
  for (const ahead of aheads) for (let taken = 0; taken < 3; taken++) await ahead.next()
  // Two archives fill their windows; of the others each has what it was asked for.
  assert.equal(begun(), 2 * 6 + 8 * 2)
  for (const { finish } of archives) finish()
  const last = aheads.at(-1)
  assert.equal((await last?.next())?.value?.kind, 'piece')
  for (const { finish } of archives) finish()
  await Promise.all(aheads.map((ahead) => ahead.return()))
  assert.ok(shared.hasRoom)
  const { state, steps, finish } = heldPieces(100)
  const again = lookAhead(steps, window)
  for (let taken = 0; taken < 3; taken++) await again.next()
  assert.equal(state.begun, 6)
  finish()
  await again.return()
})
