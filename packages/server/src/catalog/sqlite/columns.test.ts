import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toBytes, toDigest, toId, toUuid } from './columns.ts'

const id = '0123abcd-4567ef89-00000000-ffffffff-89abcdef'
const uuid = '0123abcd-4567-89ab-cdef-00000000ffff'
const digest = '0123456789abcdeffedcba9876543210'

test('hash ids, UUIDs and digests are bytes and back', () => {
  assert.deepEqual(
    Buffer.from(toBytes(id)),
    Buffer.from([1, 35, 171, 205, 69, 103, 239, 137, 0, 0, 0, 0, 255, 255, 255, 255, 137, 171, 205, 239]),
  )
  assert.equal(toId(toBytes(id)), id)
  assert.equal(toUuid(toBytes(uuid)), uuid)
  assert.equal(toDigest(toBytes(digest)), digest)
})

test('any other text gives no bytes', () => {
  const replaced = [id, uuid, digest].flatMap((text) =>
    Array.from(text, (_, at) => at).flatMap((at) =>
      ['g', 'A', '-', '0', '/', ':', '`', ' ', '\0', '\u0130', '\uff10', '\ud83d'].map((letter) => ({
        text: text.slice(0, at) + letter + text.slice(at + 1),
        isOne: letter === '-' ? text[at] === '-' : letter === '0' && text[at] !== '-',
      })),
    ),
  )
  for (const { text, isOne } of replaced) assert.equal(toBytes(text).length > 0, isOne, JSON.stringify(text))
  for (const text of ['', '-', id.slice(1), `${id}0`, `${digest}-`, id.replaceAll('-', '')]) {
    assert.equal(toBytes(text).length, 0, text)
  }
})
