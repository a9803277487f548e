import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { archiveLimits } from './archive-limits.ts'
import { cleanName, fileName, folderName, SiblingNames } from './entry-names.ts'

const [ascii, utf8] = [{ utf8: false }, { utf8: true }]

test('what separates paths, or no system takes in names, becomes one space', () => {
  assert.equal(cleanName(' a\t\r\n b:c*?d"<>|e/\\f ', ascii), 'a b c d e f')
  assert.equal(cleanName('5Yp0E DOE^JOHN', ascii), '5Yp0E DOE^JOHN')
  assert.equal(cleanName('a\x00\x1b[31mb\x7fc', ascii), 'a [31mb c')
})

test('letters beyond ASCII are left out, or kept', () => {
  assert.equal(cleanName('cérébrale', ascii), 'crbrale')
  assert.equal(cleanName('cérébrale', utf8), 'cérébrale')
  assert.equal(cleanName('山田^太郎 😀', utf8), '山田^太郎 😀')
  assert.equal(cleanName('می‌خواهم', utf8), 'می‌خواهم')
})

test('nothing that cannot be seen stays in a name', () => {
  assert.equal(cleanName('gpj\u202emcd.exe', utf8), 'gpjmcd.exe')
  assert.equal(cleanName('\u2066a\u2069\u200e\ufeff\u00ad', utf8), 'a')
  assert.equal(cleanName('a\x85b\u2028c\u00a0d', utf8), 'a b c d')
  assert.equal(cleanName('a\ud83db\ude00', utf8), 'ab')
})

test('a folder whose texts say nothing, or name another folder, is unknown', () => {
  for (const texts of [['', ''], ['^^^^'], ['', '^'], ['.'], ['..'], ['.', '.'], ['../..'], ['éé', '山']]) {
    assert.equal(folderName(texts, 'Unknown Patient', ascii), 'Unknown Patient', texts.join())
  }
  assert.equal(folderName(['', 'Doe^John'], 'Unknown Patient', ascii), 'Doe^John')
  assert.equal(folderName(['../../etc', 'passwd'], 'Unknown Patient', ascii), '.. .. etc passwd')
})

test('names are cut at what file systems take, never within a character', () => {
  const long = folderName(['é'.repeat(300)], 'Unknown', utf8)
  assert.equal(Buffer.byteLength(long), archiveLimits.nameBytes)
  const odd = folderName([`a${'é'.repeat(300)}`], 'Unknown', utf8)
  assert.equal(odd, `a${'é'.repeat((archiveLimits.nameBytes - 2) / 2)}`)
})

test('whatever a data set says, a name is one part of a path', () => {
  const texts = fc.array(fc.string({ unit: 'binary' }), { maxLength: 2 })
  fc.assert(
    fc.property(texts, fc.boolean(), (parts, isUtf8) => {
      const name = folderName(parts, 'Unknown', { utf8: isUtf8 })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
      assert.ok(name !== '' && !/[\x00-\x1f\x7f/\\]|^\.{1,2}$/.test(name))
      assert.ok(isUtf8 || /^[\x20-\x7e]+$/.test(name))
      assert.ok(name.isWellFormed())
    }),
  )
})

test('files have the letters of the modality and a number', () => {
  assert.equal(fileName('MR', 1), 'MR000001.dcm')
  assert.equal(fileName('rtstruct', 12), 'RT000012.dcm')
  assert.equal(fileName('X', 3), 'X0000003.dcm')
  assert.equal(fileName('', 4), '00000004.dcm')
  assert.equal(fileName('../', 4), '..000004.dcm')
  assert.equal(fileName('CT', 12345678), 'CT12345678.dcm')
  assert.equal(fileName('CT', -1), 'CT-00001.dcm')
})

test('namesakes are told apart, whatever else is there', () => {
  const names = new SiblingNames()
  const taken = ['a', 'a', 'a', 'b-2', 'b', 'b', 'b-2'].map((name) => names.take(name))
  assert.deepEqual(taken, ['a', 'a-2', 'a-3', 'b-2', 'b', 'b-3', 'b-2-2'])
})
