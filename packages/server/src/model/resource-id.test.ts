import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { resourceIds } from './resource-id.ts'

const sha1 = (text: string): string => (hash('sha1', text, 'hex').match(/.{8}/g) ?? []).join('-')

test('each id is the SHA-1 of what names the resource, whatever was asked for before', () => {
  const instances = ['P|1.1|1.2|1.3', 'P|1.1|1.2|1.4', 'P|1.1|1.5|1.6', 'Q|1.1|1.5|1.6', '|1.1|1.5|1.6']
  for (const text of [...instances, ...instances.toReversed()]) {
    const [patientId = '', studyInstanceUid = '', seriesInstanceUid = '', sopInstanceUid = ''] =
      text.split('|')
    assert.deepEqual(resourceIds({ patientId, studyInstanceUid, seriesInstanceUid, sopInstanceUid }), {
      patient: sha1(patientId),
      study: sha1(`${patientId}|${studyInstanceUid}`),
      series: sha1(`${patientId}|${studyInstanceUid}|${seriesInstanceUid}`),
      instance: sha1(text),
    })
  }
})

test('a delimiter inside a value gives the ids that its text has', () => {
  const one = resourceIds({
    patientId: 'P|1',
    studyInstanceUid: '2',
    seriesInstanceUid: '3',
    sopInstanceUid: '4',
  })
  const two = resourceIds({
    patientId: 'P',
    studyInstanceUid: '1|2',
    seriesInstanceUid: '3',
    sopInstanceUid: '4',
  })
  assert.deepEqual([one.patient, two.patient], [sha1('P|1'), sha1('P')])
  assert.equal(one.series, two.series)
})
