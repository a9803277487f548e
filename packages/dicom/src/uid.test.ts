import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isUid, newUid, uidOfUuid } from './uid.ts'

test('the UID of a UUID is its number (PS3.5 B.2)', () => {
  // The example of ITU-T X.667 Table 2.
  const uuid = Buffer.from('f81d4fae7dec11d0a76500a0c91e6bf6', 'hex')
  assert.equal(uidOfUuid(uuid), '2.25.329800735698586629295641978511506172918')
})

test('new UIDs are valid, differ, and leave the random bytes alone', () => {
  const uids = Array.from({ length: 100 }, () => newUid())
  assert.equal(new Set(uids).size, 100)
  assert.ok(uids.every(isUid))
  const random = Buffer.alloc(16, 0xff)
  assert.equal(newUid(random), newUid(random))
  assert.equal(newUid(random), uidOfUuid(Buffer.from('ffffffffffff4fffbfffffffffffffff', 'hex')))
  assert.ok(random.every((byte) => byte === 0xff))
  assert.equal(newUid(Buffer.alloc(16)), uidOfUuid(Buffer.from('00000000000040008000000000000000', 'hex')))
})

test('UIDs are digits and dots, without leading zeros, 64 characters at most', () => {
  for (const text of ['1', '0.0', '1.2.840', `1.${'2'.repeat(62)}`]) assert.equal(isUid(text), true, text)
  for (const text of ['', '.', '1.', '.1', '1..2', '1.02', '1.a', ' 1', '1\n', `1.${'2'.repeat(63)}`]) {
    assert.equal(isUid(text), false, text)
  }
})
