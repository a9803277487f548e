import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DataSetStream } from './data-set-stream.ts'

function open(maxQueuedCost = 1_000_000): { stream: DataSetStream; calls: string[] } {
  const calls: string[] = []
  const stream = new DataSetStream(maxQueuedCost, {
    congested: () => calls.push('congested'),
    relieved: () => calls.push('relieved'),
  })
  return { stream, calls }
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

const text = (value: string) => Buffer.from(value, 'latin1')

describe('data set stream', () => {
  it('gives a waiting reader what comes in one turn, joined in its chunk', async () => {
    const { stream } = open()
    const chunk = Uint8Array.from(text('..ab...cde.f'))
    const waiting = stream.next()
    for (const [start, end] of [
      [2, 4],
      [7, 10],
      [11, 12],
    ])
      stream.push(chunk.subarray(start, end))
    const { value } = await waiting
    assert.equal(value?.buffer, chunk.buffer)
    assert.equal(Buffer.from(value ?? []).toString(), 'abcdef')
    const next = stream.next()
    stream.push(text('g'))
    stream.end()
    assert.equal(Buffer.from((await next).value ?? []).toString(), 'g')
    assert.equal((await stream.next()).done, true)
  })

  it('joins pieces that overlap, come out of order or from several chunks by copying', async () => {
    for (const cuts of [
      [
        [2, 4],
        [0, 2],
      ],
      [
        [0, 2],
        [1, 3],
      ],
    ]) {
      const chunk = Uint8Array.from(text('abcd'))
      const { stream } = open()
      const pieces = cuts.map(([start, end]) => chunk.subarray(start, end))
      const expected = Buffer.concat(pieces)
      for (const piece of pieces) stream.push(piece)
      assert.deepEqual(Buffer.from((await stream.next()).value ?? []), expected)
      assert.deepEqual(chunk, Uint8Array.from(text('abcd')))
    }
    const { stream } = open()
    stream.push(Uint8Array.from(text('ab')))
    stream.push(Uint8Array.from(text('cd')))
    assert.deepEqual(Buffer.from((await stream.next()).value ?? []), text('abcd'))
  })

  it('joins what came while the reader was busy', async () => {
    const { stream } = open()
    for (const piece of ['a', 'bc', 'd']) stream.push(text(piece))
    stream.end()
    assert.deepEqual(Buffer.from((await stream.next()).value ?? []), text('abcd'))
    assert.equal((await stream.next()).done, true)
    assert.equal((await stream.next()).done, true)
  })

  it('joins up to 256 KiB only', async () => {
    const { stream } = open(10_000_000)
    for (let count = 0; count < 5; count += 1) stream.push(new Uint8Array(100 * 1024))
    stream.end()
    const lengths: number[] = []
    for await (const chunk of stream) lengths.push(chunk.length / 1024)
    assert.deepEqual(lengths, [200, 200, 100])
  })

  it('reports congestion once, and relief when half is read', async () => {
    const { stream, calls } = open(1000)
    stream.push(new Uint8Array(500))
    assert.deepEqual(calls, [])
    stream.push(new Uint8Array(500))
    stream.push(new Uint8Array(500))
    assert.deepEqual(calls, ['congested'])
    await stream.next()
    assert.deepEqual(calls, ['congested', 'relieved'])
  })

  it('counts what tiny pieces cost', () => {
    const { stream, calls } = open(10_000)
    for (let count = 0; count < 50; count += 1) stream.push(Uint8Array.of(1))
    assert.deepEqual(calls, ['congested'])
  })

  it('gives its reader the error instead of what is queued', async () => {
    const { stream, calls } = open(1)
    stream.push(text('ab'))
    stream.fail(new Error('gone'))
    await assert.rejects(readAll(stream), /gone/)
    assert.deepEqual(calls, ['congested', 'relieved'])
    const { stream: other } = open()
    const waiting = other.next()
    other.fail(new Error('gone'))
    await assert.rejects(waiting, /gone/)
  })

  it('keeps what is complete when the association fails later', async () => {
    const { stream } = open()
    stream.push(text('ab'))
    stream.end()
    stream.fail(new Error('gone'))
    assert.equal(await readAll(stream), 'ab')
  })

  it('drops the rest when the reader leaves', async () => {
    const { stream, calls } = open(1)
    stream.push(text('ab'))
    for await (const _ of stream) break
    stream.push(text('cde'))
    assert.equal(stream.discardedLength, 3)
    assert.deepEqual(calls, ['congested', 'relieved'])
    assert.equal((await stream.next()).done, true)
    const finished = stream.finished()
    stream.end()
    await finished
  })

  it('is finished when it ends or fails', async () => {
    const { stream } = open()
    stream.end()
    await stream.finished()
    const { stream: other } = open()
    const finished = other.finished()
    other.fail(new Error('gone'))
    await finished
  })

  it('has one reader at a time', async () => {
    const { stream } = open()
    const first = stream.next()
    await assert.rejects(stream.next(), /one reader/)
    stream.end()
    assert.equal((await first).done, true)
  })
})
