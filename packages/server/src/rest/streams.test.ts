import assert from 'node:assert/strict'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { Streams } from './streams.ts'

const answer = () => new ServerResponse(new IncomingMessage(new Socket()))

test('as many as may be, and room again when one is closed', () => {
  const streams = new Streams(2)
  const first = answer()
  const signal = streams.add(first)
  assert.equal(signal?.aborted, false)
  assert.ok(streams.add(answer()))
  assert.equal(streams.add(answer()), undefined)
  first.emit('close')
  assert.equal(signal?.aborted, true)
  assert.ok(streams.add(answer()))
})

test('a client that has left already takes no room', () => {
  const streams = new Streams(1)
  const gone = answer()
  gone.destroy()
  assert.equal(streams.add(gone)?.aborted, true)
  assert.equal(streams.add(answer())?.aborted, false)
})

test('the end is for all, also for those to come', () => {
  const streams = new Streams(5)
  const signals = [streams.add(answer()), streams.add(answer())]
  streams.end()
  assert.deepEqual(
    [...signals, streams.add(answer())].map((signal) => signal?.aborted),
    [true, true, true],
  )
})
