import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instanceOf } from '../instances.fixture.ts'
import { openForWriting } from '../sqlite/database.ts'
import { Session } from '../sqlite/session.ts'
import { writes } from '../sqlite/writes.ts'
import { readMany } from './read-many.ts'
import { getResource } from './read-resources.ts'
import { wholeRequest } from './store-instance.ts'

const idOf = (index: number) => `${String(index).padStart(8, '0')}-`.repeat(5).slice(0, -1)

test('many at once are what each is alone, with what lies around it', () => {
  const session = new Session(openForWriting(':memory:').database)
  const instances = ['A', 'B'].flatMap((patient) =>
    ['1', '2'].flatMap((study) =>
      ['1', '2', '3'].map((instance) => instanceOf({ patient, study: `${patient}${study}`, instance })),
    ),
  )
  for (const instance of instances) writes.storeInstance(session, wholeRequest(instance))
  for (const level of ['Patient', 'Study', 'Series', 'Instance'] as const) {
    const name = level.toLowerCase() as 'patient' | 'study' | 'series' | 'instance'
    const ids = [...new Set(instances.map((each) => each.ids[name]))].toReversed()
    const many = readMany(session, level, [idOf(1), ...ids], { children: true })
    assert.deepEqual(
      many.map(({ id }) => id),
      ids,
    )
    for (const { childIds, labels, ...details } of many) {
      assert.deepEqual(labels, [])
      const below = { Patient: 'study', Study: 'series', Series: 'instance', Instance: undefined } as const
      const child = below[level]
      const own = instances.filter((each) => each.ids[name] === details.id)
      assert.deepEqual(childIds, child === undefined ? [] : [...new Set(own.map((each) => each.ids[child]))])
      assert.deepEqual(details, { patientMainTags: undefined, ...getResource(session, level, details.id) })
    }
  }
  session.close()
})

test('a study without a copy of its patient shows the patient', () => {
  const session = new Session(openForWriting(':memory:').database)
  const instances = ['A', 'B'].map((patient) => instanceOf({ patient, study: patient, instance: '1' }))
  for (const instance of instances) writes.storeInstance(session, wholeRequest(instance))
  const ids = instances.map((each) => each.ids.study)
  const patientsOf = () =>
    readMany(session, 'Study', ids, { children: false }).map(({ patientMainTags }) => patientMainTags)
  const patients = [{ '0010,0020': 'A' }, { '0010,0020': 'B' }]
  assert.deepEqual(patientsOf(), patients)
  session.run(`UPDATE studies SET tags = json_remove(tags, '$.patient') WHERE key = 1`)
  assert.equal(getResource(session, 'Study', ids[0] ?? '')?.patientMainTags, undefined)
  assert.deepEqual(patientsOf(), patients)
  session.close()
})
