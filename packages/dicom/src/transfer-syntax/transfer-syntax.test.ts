import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isUid } from '../uid.ts'
import { transferSyntax, transferSyntaxes } from './transfer-syntax.ts'

test('the native transfer syntaxes are what PS3.5 Annex A says', () => {
  const flags = (uid: string): (boolean | undefined)[] => {
    const syntax = transferSyntax(uid)
    return [syntax?.explicitVr, syntax?.littleEndian, syntax?.encapsulated, syntax?.deflated, syntax?.retired]
  }
  assert.deepEqual(flags('1.2.840.10008.1.2'), [false, true, false, false, false])
  assert.deepEqual(flags('1.2.840.10008.1.2.1'), [true, true, false, false, false])
  assert.deepEqual(flags('1.2.840.10008.1.2.1.98'), [true, true, true, false, false])
  assert.deepEqual(flags('1.2.840.10008.1.2.1.99'), [true, true, false, true, false])
  assert.deepEqual(flags('1.2.840.10008.1.2.2'), [true, false, false, false, true])
  assert.deepEqual(flags('1.2.840.10008.1.2.4.95'), [true, true, false, true, false])
})

test('all image compressions are encapsulated Explicit VR Little Endian', () => {
  const native = new Set(['94', '95', '204', '205'])
  for (const { uid, explicitVr, littleEndian, encapsulated } of transferSyntaxes) {
    const suffix = /^1\.2\.840\.10008\.1\.2\.4\.(.+)$/.exec(uid)?.[1]
    if (suffix !== undefined)
      assert.deepEqual([explicitVr, littleEndian, encapsulated], [true, true, !native.has(suffix)], uid)
  }
  assert.equal(transferSyntax('1.2.840.10008.1.2.5')?.encapsulated, true)
})

test('no transfer syntax is listed twice', () => {
  assert.ok(transferSyntaxes.every(({ uid }) => isUid(uid)))
  assert.equal(new Set(transferSyntaxes.map(({ uid }) => uid)).size, transferSyntaxes.length)
  assert.equal(new Set(transferSyntaxes.map(({ name }) => name)).size, transferSyntaxes.length)
  assert.equal(transferSyntax('1.2.840.10008.1.2.9'), undefined)
})
