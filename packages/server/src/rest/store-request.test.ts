import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseStoreRequest } from './store-request.ts'

const [one, other] = ['11111111', '22222222'].map((group) => Array(5).fill(group).join('-'))

const parse = (members: object) => parseStoreRequest(JSON.stringify({ Resources: [one], ...members }))

describe('parseStoreRequest', () => {
  for (const body of [
    `${one}`,
    ` ${one}\n`,
    `"${one}"`,
    `["${one}"]`,
    `["${one}", "${one}"]`,
    `{"Resources": ["${one}"]}`,
  ]) {
    it(`reads ${body.replaceAll('1', '').replaceAll('-', '').trim() || 'a bare id'}`, () => {
      const { resources, job, changes, moveOriginator } = parseStoreRequest(body)
      assert.deepEqual(resources, [one])
      assert.equal(job.synchronous, true)
      assert.deepEqual(changes, {})
      assert.equal(moveOriginator, undefined)
    })
  }

  it('keeps the order of resources', () => {
    assert.deepEqual(parse({ Resources: [other, one] }).resources, [other, one])
  })

  it('reads what takes the place of the modality', () => {
    const { changes } = parse({ Host: 'h', Port: 104, CalledAet: 'THERE', LocalAet: 'HERE', Timeout: 3 })
    assert.deepEqual(changes, {
      host: 'h',
      port: 104,
      calledAeTitle: 'THERE',
      callingAeTitle: 'HERE',
      timeout: 3,
    })
    assert.deepEqual(parse({ Timeout: 0, LocalAet: '' }).changes, { timeout: 0 })
  })

  it('reads who asked by C-MOVE, which takes the number of the message', () => {
    assert.deepEqual(parse({ MoveOriginatorAet: 'WS', MoveOriginatorID: 65_535 }).moveOriginator, {
      aeTitle: 'WS',
      messageId: 65_535,
    })
    assert.deepEqual(parse({ MoveOriginatorID: 7 }).moveOriginator, { aeTitle: undefined, messageId: 7 })
    assert.equal(parse({ MoveOriginatorAet: 'WS' }).moveOriginator, undefined)
  })

  it('reads the options of jobs', () => {
    const { job } = parse({ Asynchronous: true, Permissive: true, Priority: 3, UserData: [1] })
    assert.deepEqual([job.synchronous, job.permissive, job.priority, job.userData], [false, true, 3, [1]])
  })

  for (const body of [
    '',
    'nope',
    '5',
    'null',
    '[]',
    '[1]',
    '{}',
    '{"Resources": "x"}',
    '{"Resources": []}',
  ]) {
    it(`refuses ${body || 'nothing'}`, () => {
      assert.throws(() => parseStoreRequest(body), { code: 'BadRequest' })
    })
  }

  for (const [members, code] of [
    [{ LocalAet: 1 }, 'BadRequest'],
    [{ LocalAet: 'A title of 17 ch.' }, 'ParameterOutOfRange'],
    [{ CalledAet: 'back\\slash' }, 'ParameterOutOfRange'],
    [{ Port: 0 }, 'ParameterOutOfRange'],
    [{ Port: 65_536 }, 'ParameterOutOfRange'],
    [{ Port: '104' }, 'BadRequest'],
    [{ MoveOriginatorID: 65_536 }, 'ParameterOutOfRange'],
    [{ MoveOriginatorID: -1 }, 'ParameterOutOfRange'],
    [{ Timeout: 'x' }, 'BadRequest'],
    [{ Permissive: 'x' }, 'BadRequest'],
    [{ StorageCommitment: true }, 'NotImplemented'],
  ] as const) {
    it(`refuses ${JSON.stringify(members)}`, () => assert.throws(() => parse(members), { code }))
  }
})
