import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptedSyntaxes, type SyntaxGroup } from './accepted-syntaxes.ts'

const all = ['1.2.840.10008.1.*']
const suffixes = (patterns: readonly string[], ...refused: readonly SyntaxGroup[]): readonly string[] =>
  acceptedSyntaxes({ patterns, refusedGroups: new Set(refused) }).map((uid) =>
    uid.slice('1.2.840.10008.1.2'.length),
  )

test('what everybody can read comes first, then the others in the order of the standard', () => {
  const order = suffixes(all)
  assert.deepEqual(order.slice(0, 4), ['.1', '', '.1.99', '.2'])
  assert.ok(order.indexOf('.4.50') < order.indexOf('.4.70') && order.indexOf('.4.70') < order.indexOf('.5'))
  assert.ok(order.length > 40)
  assert.equal(new Set(order).size, order.length)
})

test('live video and foreign files are not for C-STORE', () => {
  const order = acceptedSyntaxes({ patterns: ['*'], refusedGroups: new Set() })
  assert.ok(!order.some((uid) => uid.startsWith('1.2.840.10008.1.2.7.') || uid === '1.2.840.10008.1.20'))
})

test('patterns choose; each group can be switched off', () => {
  assert.deepEqual(suffixes(['1.2.840.10008.1.2', '1.2.840.10008.1.2.4.9?']), [
    '',
    '.4.90',
    '.4.91',
    '.4.92',
    '.4.93',
    '.4.94',
    '.4.95',
  ])
  assert.deepEqual(suffixes([]), [])
  const members: Readonly<Record<SyntaxGroup, readonly string[]>> = {
    deflated: ['.1.99'],
    jpeg: ['.4.50', '.4.66', '.4.70'],
    jpegLs: ['.4.80', '.4.81'],
    jpeg2000: ['.4.90', '.4.93'],
    jpip: ['.4.94', '.4.95'],
    mpeg2: ['.4.100', '.4.101.1'],
    mpeg4: ['.4.102', '.4.106.1'],
    hevc: ['.4.107', '.4.108'],
    rle: ['.5'],
  }
  for (const [group, list] of Object.entries(members) as [SyntaxGroup, readonly string[]][]) {
    const left = new Set(suffixes(all, group))
    for (const suffix of list) assert.ok(!left.has(suffix), `${group} ${suffix}`)
    for (const [other, others] of Object.entries(members)) {
      if (other !== group)
        for (const suffix of others) assert.ok(left.has(suffix), `${group} took ${suffix} away`)
    }
  }
})
