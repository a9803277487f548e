import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isUid } from '../uid.ts'
import { isStorageSopClass, storageSopClasses, uidName } from './uids.ts'

test('storage SOP classes are known', () => {
  assert.ok(isStorageSopClass('1.2.840.10008.5.1.4.1.1.2'))
  assert.ok(isStorageSopClass('1.2.840.10008.5.1.4.1.1.3'), 'retired')
  assert.ok(!isStorageSopClass('1.2.840.10008.1.1'))
  assert.ok(!isStorageSopClass('1.2.840.10008.1.3.10'))
})

test('UIDs are well-formed, named and not listed twice', () => {
  const uids = storageSopClasses.map(({ uid }) => uid)
  assert.equal(new Set(uids).size, uids.length)
  for (const { uid, name } of storageSopClasses) {
    assert.ok(isUid(uid), uid)
    assert.ok(name.length > 5, uid)
  }
})

test('UIDs have names', () => {
  assert.equal(uidName('1.2.840.10008.1.1'), 'Verification SOP Class')
  assert.equal(uidName('1.2.840.10008.5.1.4.1.1.2'), 'CT Image Storage')
  assert.equal(uidName('1.2.840.10008.1.2.4.90'), 'JPEG 2000 Image Compression (Lossless Only)')
  assert.equal(uidName('1.2.3'), undefined)
})
