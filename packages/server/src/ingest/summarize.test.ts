import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  buildDataSet,
  encodeDataSet,
  encodeFileMeta,
  explicitVrLittleEndian,
  type NewElement,
  Part10Reader,
  standardDictionary,
} from '@kingsfoil/dicom'
import { type Summary, summarize } from './summarize.ts'

const encoding = { explicitVr: true, littleEndian: true } as const

function summarizeFile(more: readonly NewElement[]): Summary {
  const dataSet = buildDataSet(encoding, [
    [0x00080018, 'UI', '1.2.3'],
    [0x0020000d, 'UI', '1.1'],
    [0x0020000e, 'UI', '1.2'],
    ...more,
  ])
  const meta = { sopClassUid: '1.2', sopInstanceUid: '1.2.3', transferSyntaxUid: explicitVrLittleEndian }
  const reader = new Part10Reader({ dictionary: standardDictionary })
  reader.push(encodeFileMeta(meta))
  reader.push(encodeDataSet(dataSet, encoding))
  const text = { dictionary: standardDictionary, defaultCharacterSet: 'ISO_IR 100' }
  return summarize(reader.end(), text)
}

test('IndexInSeries is what InstanceNumber says or, where that is missing, ImageIndex', () => {
  const instanceNumber = (text: string): NewElement => [0x00200013, 'IS', text]
  const imageIndex: NewElement = [0x00541330, 'US', 9]
  const cases: readonly (readonly [readonly NewElement[], string | undefined])[] = [
    [[], undefined],
    [[instanceNumber(' 7 ')], '7'],
    [[instanceNumber('0')], '0'],
    [[instanceNumber('')], ''],
    [[instanceNumber('-1')], '-1'],
    [[instanceNumber('abc')], 'abc'],
    [[instanceNumber('1'.repeat(257))], undefined],
    [[imageIndex], '9'],
    [[instanceNumber(''), imageIndex], ''],
  ]
  for (const [elements, expected] of cases) {
    assert.equal(summarizeFile(elements).indexInSeries, expected)
  }
})
