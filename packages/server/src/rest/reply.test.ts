import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contentDisposition } from './reply.ts'

test('a filename cannot leave its header', () => {
  const { 'Content-Disposition': header } = contentDisposition(
    'a"b\\c\r\nSet-Cookie: x=1\u0000\u202edcm.exe\n',
  )
  assert.equal(header, 'filename="abcSet-Cookie: x=1_dcm.exe"')
})
