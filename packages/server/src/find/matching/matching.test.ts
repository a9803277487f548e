import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standardDictionary, type Tag } from '@kingsfoil/dicom'
import fc from 'fast-check'
import { afterPrefix, type KeySource } from '../../catalog/search/key-source.ts'
import { foldTag, searchColumns } from '../../catalog/search-columns.ts'
import type { Constraint, Folding } from '../constraint.ts'
import { createConstraint } from '../create-constraint.ts'
import { sourcesOf } from '../sources.ts'
import { compileConstraint } from './compile.ts'
import type { WildcardRule } from './matcher.ts'
import { matchesWildcard } from './wildcard.ts'

const constraint = (
  tag: Tag,
  text: string,
  folding: Folding = 'case',
  wildcards: WildcardRule = 'strict',
): Constraint =>
  createConstraint(tag, text, { dictionary: standardDictionary, wildcards, foldingOf: () => folding })

const tags = {
  imageType: 0x00080008,
  studyDate: 0x00080020,
  acquisitionDateTime: 0x0008002a,
  studyTime: 0x00080030,
  modality: 0x00080060,
  description: 0x00081030,
  name: 0x00100010,
  patientId: 0x00100020,
  uid: 0x0020000d,
} as const

test('each kind of matching of PS3.4 C.2.2.2', () => {
  const rows: readonly (readonly [keyof typeof tags, string, string | undefined, boolean, Folding?])[] = [
    ['patientId', '', undefined, true],
    ['patientId', '*', undefined, false],
    ['patientId', 'p1', 'P1', true],
    ['patientId', 'p1', 'P1', false, 'none'],
    ['patientId', ' P1 ', 'P1', true],
    ['patientId', 'A\\P1', 'P1', true],
    ['patientId', 'P?', 'P1', true],
    ['patientId', 'P?', 'P', false],
    ['patientId', '*1*', 'P12', true],
    ['uid', '1.2\\1.3', '1.3', true],
    ['uid', '1.2', '1.23', false],
    ['studyDate', '20260101', '20260101', true],
    ['studyDate', '20260101-20260131', '20260131', true],
    ['studyDate', '20260101-20260131', '20260201', false],
    ['studyDate', '20260101-', '20270101', true],
    ['studyDate', '-20260101', '20270101', false],
    ['studyDate', '-20260101', undefined, false],
    ['studyDate', '-', undefined, true],
    ['studyTime', '10-11', '113059', true],
    ['studyTime', '10-11', '120000', false],
    ['acquisitionDateTime', '20260101-20260102', '20260102101500', true],
    ['acquisitionDateTime', '20260101101500-0500', '20260101101500-0500', true],
    ['acquisitionDateTime', '20260101101500-0500', '20260101101500', false],
    ['acquisitionDateTime', '2024-2025', '20250607', true],
    ['imageType', 'PRIMARY', 'ORIGINAL\\PRIMARY', true],
    ['imageType', 'PRIM', 'ORIGINAL\\PRIMARY', false],
    ['name', 'doe^john', 'DOE^JOHN^^', true],
    ['name', 'doe^john', 'Doe^John=山田=x', true],
    ['name', '山田', 'Doe^John=山田=x', true],
    ['name', '山*', 'Doe^John=山田=x', true],
    ['name', 'doe', 'Doe^John', false],
    ['description', 'cérébrale', 'CÉRÉBRALE', true],
    ['description', 'cerebrale', 'CÉRÉBRALE', false],
    ['description', 'cerebrale', 'CÉRÉBRALE', true, 'accents'],
    ['description', 'c?r*', 'CÉRÉBRALE', true],
    ['description', '?', '😀', true],
  ]
  for (const [tag, key, value, expected, folding] of rows) {
    const matches = compileConstraint(constraint(tags[tag], key, folding))(value)
    assert.equal(matches, expected, `${tag} ${key} against ${value}`)
  }
})

test('wildcards where they do not belong', () => {
  assert.throws(() => constraint(tags.studyDate, '*'), /Wildcards are not allowed on tag 0008,0020/)
  assert.throws(() => constraint(tags.uid, '1.2.*'), { code: 'ParameterOutOfRange' })
  assert.equal(constraint(tags.studyDate, '*', 'none', 'lenient').matcher.kind, 'universal')
  assert.equal(constraint(tags.uid, '*', 'none', 'lenient').matcher.kind, 'universal')
  assert.equal(compileConstraint(constraint(tags.studyDate, '2026*', 'none', 'lenient'))('20260101'), true)
})

/** What a wildcard means, in the words of a regular expression. */
const asExpression = (pattern: string): RegExp =>
  new RegExp(
    `^${[...pattern].map((each) => (each === '*' ? '.*' : each === '?' ? '.' : each)).join('')}$`,
    'su',
  )

test('wildcards mean what they say', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '😀'), maxLength: 12 })
  fc.assert(
    fc.property(pattern, text, (one, other) => {
      assert.equal(matchesWildcard(one, other), asExpression(one).test(other))
    }),
    { numRuns: 2000 },
  )
})

/** Whether the index gives a row with this value. */
function isInSource(source: KeySource, tag: string, value: string): boolean {
  const folded = foldTag(tag, value)
  switch (source.kind) {
    case 'values':
      return source.values.includes(folded)
    case 'ranges':
      return source.ranges.some(({ from, below }) => folded >= from && folded < below)
    case 'words': {
      const words = value
        .normalize('NFD')
        .replaceAll(/\p{M}+/gu, '')
        .toUpperCase()
      return source.alternatives.some((phrases) => phrases.every((phrase) => words.includes(phrase)))
    }
    default:
      return true
  }
}

test('whatever matches is in every index that is asked for it', () => {
  const character = fc.constantFrom('a', 'B', 'é', 'É', 'ß', '^', '=', ' ', '1', '山', '\u0301')
  const value = fc
    .string({ unit: character, minLength: 1, maxLength: 8 })
    .filter((text) => text.trim() !== '')
  const mutation = fc.constantFrom(
    (text: string) => text,
    (text: string) => `${text.slice(0, 2)}*`,
    (text: string) => `*${text.slice(1, 5)}*`,
    (text: string) => `?${text.slice(1)}`,
    (text: string) => text.toUpperCase(),
    (text: string) => `x\\${text}`,
  )
  const column = fc.constantFrom(
    ['Patient', '0010,0010', tags.name] as const,
    ['Patient', '0010,0020', tags.patientId] as const,
    ['Study', '0008,1030', tags.description] as const,
  )
  const folding = fc.constantFrom<Folding>('none', 'case', 'accents')
  fc.assert(
    fc.property(value, mutation, column, folding, (text, mutate, [level, name, tag], fold) => {
      const query = constraint(tag, mutate(text), fold)
      if (!compileConstraint(query)(text)) return
      for (const source of sourcesOf(query, level))
        assert.ok(isInSource(source, name, text), JSON.stringify(source))
    }),
    { numRuns: 5000 },
  )
})

test('indexes are used where there are any', () => {
  const kinds = (tag: Tag, text: string, level: 'Patient' | 'Study') =>
    sourcesOf(constraint(tag, text), level).map(({ kind }) => kind)
  assert.deepEqual(kinds(tags.name, 'DOE*', 'Patient'), ['ranges', 'words'])
  assert.deepEqual(kinds(tags.name, 'D*', 'Patient'), ['ranges'])
  assert.deepEqual(kinds(tags.name, '*OE^J*', 'Patient'), ['words'])
  assert.deepEqual(kinds(tags.name, '*O*', 'Patient'), [])
  assert.deepEqual(kinds(tags.name, '山田太郎', 'Patient'), ['words'])
  assert.deepEqual(kinds(tags.studyDate, '20260101-', 'Study'), ['ranges'])
  assert.deepEqual(kinds(tags.uid, '1\\2', 'Study'), ['values'])
  assert.equal(searchColumns.Study.length, 4)
  assert.ok('DOE\u{10fffe}' < afterPrefix('DOE'))
})
