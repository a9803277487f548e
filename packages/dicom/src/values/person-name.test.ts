import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  formatPersonName,
  formatPersonNameGroup,
  parsePersonName,
  parsePersonNameGroup,
} from './person-name.ts'

test('component groups (PS3.5 6.2.1.2)', () => {
  assert.deepEqual(parsePersonName('Yamada^Tarou=山田^太郎=やまだ^たろう'), {
    alphabetic: 'Yamada^Tarou',
    ideographic: '山田^太郎',
    phonetic: 'やまだ^たろう',
  })
  assert.deepEqual(parsePersonName('=王^小东'), { alphabetic: '', ideographic: '王^小东', phonetic: '' })
  assert.deepEqual(parsePersonName(' A ==  '), { alphabetic: 'A', ideographic: '', phonetic: '' })
  assert.deepEqual(parsePersonName('a=b=c=d').phonetic, 'c=d')
})

test('components: the examples of PS3.5 6.2.1.1', () => {
  assert.deepEqual(parsePersonNameGroup('Adams^John Robert Quincy^^Rev.^B.A. M.Div.'), {
    familyName: 'Adams',
    givenName: 'John Robert Quincy',
    middleName: '',
    namePrefix: 'Rev.',
    nameSuffix: 'B.A. M.Div.',
  })
  assert.deepEqual(
    parsePersonNameGroup('Morrison-Jones^Susan^^^Ph.D., Chief Executive Officer').nameSuffix,
    'Ph.D., Chief Executive Officer',
  )
  assert.deepEqual(parsePersonNameGroup('a^b^c^d^e^f').nameSuffix, 'e^f')
  assert.deepEqual(parsePersonNameGroup('').familyName, '')
})

test('what is formatted is parsed again', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'é', '山', '.', '-'), maxLength: 5 })
  const group = fc.record(
    {
      familyName: part,
      givenName: part,
      middleName: part,
      namePrefix: part,
      nameSuffix: part,
    },
    { noNullPrototype: true },
  )
  const name = fc.record({ alphabetic: part, ideographic: part, phonetic: part }, { noNullPrototype: true })
  fc.assert(
    fc.property(group, (each) => assert.deepEqual(parsePersonNameGroup(formatPersonNameGroup(each)), each)),
  )
  fc.assert(fc.property(name, (each) => assert.deepEqual(parsePersonName(formatPersonName(each)), each)))
  assert.equal(formatPersonNameGroup({ familyName: 'A', givenName: '' }), 'A')
  assert.equal(formatPersonName({ ideographic: '王' }), '=王')
})
