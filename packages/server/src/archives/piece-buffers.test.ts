import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PieceBuffers } from './piece-buffers.ts'

test('memory is used again once it was given back, and once only', () => {
  const buffers = new PieceBuffers(1000, 10)
  const first = buffers.take(900)
  buffers.give(first)
  buffers.give(first)
  const second = buffers.take(800)
  assert.equal(second.buffer, first.buffer)
  assert.equal(second.length, 800)
  assert.notEqual(buffers.take(800).buffer, first.buffer)
})

test('a part of a piece, what comes from elsewhere and other sizes are not kept', () => {
  const buffers = new PieceBuffers(1000, 10)
  const pieces = [buffers.take(900).subarray(0, 900), Buffer.alloc(900), buffers.take(1001), buffers.take(10)]
  for (const piece of pieces) buffers.give(piece)
  const taken = buffers.take(900)
  for (const piece of pieces) assert.notEqual(taken.buffer, piece.buffer)
})

test('no more are kept than were asked for', () => {
  const buffers = new PieceBuffers(1000, 1)
  const pieces = [buffers.take(900), buffers.take(900)]
  for (const piece of pieces) buffers.give(piece)
  const again = [buffers.take(900), buffers.take(900)]
  assert.equal(again.filter(({ buffer }) => pieces.some((piece) => piece.buffer === buffer)).length, 1)
})
