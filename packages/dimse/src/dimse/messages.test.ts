import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { messageName, messageType, messageTypes } from './messages.ts'
import { statusCategory } from './status.ts'

// PS3.7 Table E.1-1, Command Field, typed a second time.
const commandFields: Readonly<Record<string, number>> = {
  'C-STORE-RQ': 0x0001,
  'C-STORE-RSP': 0x8001,
  'C-GET-RQ': 0x0010,
  'C-GET-RSP': 0x8010,
  'C-FIND-RQ': 0x0020,
  'C-FIND-RSP': 0x8020,
  'C-MOVE-RQ': 0x0021,
  'C-MOVE-RSP': 0x8021,
  'C-ECHO-RQ': 0x0030,
  'C-ECHO-RSP': 0x8030,
  'N-EVENT-REPORT-RQ': 0x0100,
  'N-EVENT-REPORT-RSP': 0x8100,
  'N-GET-RQ': 0x0110,
  'N-GET-RSP': 0x8110,
  'N-SET-RQ': 0x0120,
  'N-SET-RSP': 0x8120,
  'N-ACTION-RQ': 0x0130,
  'N-ACTION-RSP': 0x8130,
  'N-CREATE-RQ': 0x0140,
  'N-CREATE-RSP': 0x8140,
  'N-DELETE-RQ': 0x0150,
  'N-DELETE-RSP': 0x8150,
  'C-CANCEL-RQ': 0x0fff,
}

describe('message types', () => {
  it('have the command fields of PS3.7 Table E.1-1', () => {
    assert.deepEqual(
      Object.fromEntries(messageTypes.map(({ name, commandField }) => [name, commandField])),
      commandFields,
    )
  })

  it('are found by command field', () => {
    assert.equal(messageType(0x0021)?.name, 'C-MOVE-RQ')
    assert.equal(messageName(0x8150), 'N-DELETE-RSP')
    assert.equal(messageName(0x0002), 'message 0002H')
  })

  it('require a message ID in every request but C-CANCEL, and a status in every response', () => {
    for (const { name, required } of messageTypes) {
      const expected = name.endsWith('-RSP') ? 'status' : 'messageId'
      if (name !== 'C-CANCEL-RQ') assert.ok(required.includes(expected), name)
    }
  })
})

describe('statuses', () => {
  const categories = {
    success: [0x0000],
    pending: [0xff00, 0xff01],
    cancel: [0xfe00],
    warning: [0x0001, 0x0107, 0x0116, 0xb000, 0xb006, 0xb007, 0xbfff],
    failure: [0x0106, 0x0110, 0x0111, 0x0122, 0x0124, 0x0211, 0x0213, 0xa700, 0xa7ff, 0xa900, 0xc000, 0xcfff],
  }
  for (const [category, values] of Object.entries(categories)) {
    it(`know ${category}`, () => {
      for (const status of values) assert.equal(statusCategory(status), category, status.toString(16))
    })
  }
})
