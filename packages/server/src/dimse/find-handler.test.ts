import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildDataSet, type DataSet, type NewElement } from '@kingsfoil/dicom'
import type { Answer, FindMatch, FindRequest } from '@kingsfoil/dimse'
import { DomainError } from '../model/domain-error.ts'
import type { Level } from '../model/level.ts'
import { createFindHandler } from './find-handler.ts'

const encoding = { explicitVr: true, littleEndian: true } as const

const silent = { debug() {}, info() {}, warn() {}, error() {} }

const dataSetOf = (...elements: readonly NewElement[]): DataSet => buildDataSet(encoding, elements)

const requestOf = (level: string | undefined): FindRequest => ({
  association: { callingAeTitle: 'CT1', remoteAddress: '10.0.0.1' } as FindRequest['association'],
  sopClassUid: '1.2.840.10008.5.1.4.1.2.2.1',
  priority: 0,
  identifier: level === undefined ? dataSetOf() : dataSetOf([0x00080052, 'CS', level]),
  signal: new AbortController().signal,
})

type Answers = (
  level: Level,
  identifier: DataSet,
) => AsyncGenerator<DataSet, { readonly isComplete: boolean }>

async function handle(answers: Answers, level: string | undefined) {
  const matches: FindMatch[] = []
  const running = createFindHandler({ answers }, silent)(requestOf(level))
  for (;;) {
    const { done, value } = await running.next()
    if (done === true) return { matches, answer: value as Answer }
    matches.push(value as FindMatch)
  }
}

const giving = (count: number, isComplete: boolean): Answers =>
  async function* () {
    for (let index = 0; index < count; index++) yield dataSetOf([0x00100020, 'LO', `P${index}`])
    return { isComplete }
  }

test('each match is pending, the end is success, or cancel where there is more', async () => {
  const whole = await handle(giving(3, true), 'STUDY')
  assert.deepEqual(
    whole.matches.map(({ status }) => status),
    [0xff00, 0xff00, 0xff00],
  )
  assert.equal(whole.answer, 0x0000)
  assert.equal((await handle(giving(2, false), 'STUDY')).answer, 0xfe00)
})

test('levels are those of PS3.4, whatever their letter case and padding', async () => {
  const asked: Level[] = []
  const answers: Answers = async function* (level) {
    asked.push(level)
    yield* []
    return { isComplete: true }
  }
  for (const level of ['PATIENT', 'study', 'SERIES ', 'IMAGE']) await handle(answers, level)
  assert.deepEqual(asked, ['Patient', 'Study', 'Series', 'Instance'])
})

test('without a level, or with another one, nothing is searched', async () => {
  for (const level of [undefined, '', 'INSTANCE', '__proto__']) {
    const { answer, matches } = await handle(giving(1, true), level)
    assert.deepEqual([typeof answer === 'object' && answer.status, matches.length], [0xc000, 0], level)
  }
})

test('what is wrong with a request is told; what is wrong here is not', async () => {
  const refusing: Answers = async function* () {
    yield* []
    throw new DomainError('BadRequest', 'too many values')
  }
  assert.deepEqual((await handle(refusing, 'STUDY')).answer, {
    status: 0xc000,
    errorComment: 'too many values',
  })
  const failing: Answers = async function* () {
    yield* []
    throw new Error('secret')
  }
  await assert.rejects(handle(failing, 'STUDY'), /secret/)
})
