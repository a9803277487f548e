import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type CommandKey, type CommandSet, commandElements } from './command-elements.ts'
import { decodeCommandSet, encodeCommandSet } from './command-set.ts'
import { DimseProtocolError } from './dimse-error.ts'

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text.replace(/#.*$/gm, '').replace(/\s/g, ''), 'hex')
}

// C-STORE-RQ of class "1.2.3" (odd, padded), instance "1.2", message 7, from C-MOVE 5 of "PACS1".
const storeRequest: CommandSet = {
  affectedSopClassUid: '1.2.3',
  commandField: 1,
  messageId: 7,
  priority: 0,
  commandDataSetType: 1,
  affectedSopInstanceUid: '1.2.',
  moveOriginatorApplicationEntityTitle: 'PACS1',
  moveOriginatorMessageId: 5,
}
const storeRequestBytes = bytesOf(`
  # (0000,0000) group length 90
  00000000 04000000 5a000000
  # (0000,0002) affected SOP class UID, padded with NUL
  00000200 06000000 312e322e3300
  # (0000,0100) command field C-STORE-RQ
  00000001 02000000 0100
  # (0000,0110) message ID
  00001001 02000000 0700
  # (0000,0700) priority medium
  00000007 02000000 0000
  # (0000,0800) command data set type: present
  00000008 02000000 0100
  # (0000,1000) affected SOP instance UID
  00000010 04000000 312e322e
  # (0000,1030) move originator AE title, padded with a space
  00003010 06000000 504143533120
  # (0000,1031) move originator message ID
  00003110 02000000 0500
`)

// PS3.7 Table E.1-1 typed a second time.
const dictionary: Readonly<Record<CommandKey, readonly [element: number, vr: string]>> = {
  affectedSopClassUid: [0x0002, 'UI'],
  requestedSopClassUid: [0x0003, 'UI'],
  commandField: [0x0100, 'US'],
  messageId: [0x0110, 'US'],
  messageIdBeingRespondedTo: [0x0120, 'US'],
  moveDestination: [0x0600, 'AE'],
  priority: [0x0700, 'US'],
  commandDataSetType: [0x0800, 'US'],
  status: [0x0900, 'US'],
  offendingElement: [0x0901, 'AT'],
  errorComment: [0x0902, 'LO'],
  errorId: [0x0903, 'US'],
  affectedSopInstanceUid: [0x1000, 'UI'],
  requestedSopInstanceUid: [0x1001, 'UI'],
  eventTypeId: [0x1002, 'US'],
  attributeIdentifierList: [0x1005, 'AT'],
  actionTypeId: [0x1008, 'US'],
  numberOfRemainingSuboperations: [0x1020, 'US'],
  numberOfCompletedSuboperations: [0x1021, 'US'],
  numberOfFailedSuboperations: [0x1022, 'US'],
  numberOfWarningSuboperations: [0x1023, 'US'],
  moveOriginatorApplicationEntityTitle: [0x1030, 'AE'],
  moveOriginatorMessageId: [0x1031, 'US'],
}

describe('command set', () => {
  it('has the dictionary of PS3.7 Table E.1-1, in ascending order', () => {
    const rows = Object.entries(commandElements).map(([key, { element, vr }]) => [key, [element, vr]])
    assert.deepEqual(Object.fromEntries(rows), dictionary)
    const elements = Object.values(commandElements).map(({ element }) => element)
    assert.deepEqual(
      elements,
      [...elements].sort((a, b) => a - b),
    )
  })

  it('writes and reads a C-STORE-RQ', () => {
    assert.deepEqual(Buffer.from(encodeCommandSet(storeRequest)), storeRequestBytes)
    assert.deepEqual(decodeCommandSet(storeRequestBytes), storeRequest)
  })

  it('reads or refuses what is cut at every offset, and never takes more than there is', () => {
    for (let end = 0; end < storeRequestBytes.length; end += 1) {
      const cut = storeRequestBytes.subarray(0, end)
      let read: CommandSet
      try {
        read = decodeCommandSet(cut)
      } catch (error) {
        assert.ok(error instanceof DimseProtocolError)
        continue
      }
      // Cut between two elements after the Command Field.
      assert.equal(read.commandField, 1)
      assert.equal(read.moveOriginatorMessageId, undefined)
    }
  })

  it('round-trips tags, texts and numbers', () => {
    const text = fc.stringMatching(/^[0-9A-Z.]{1,16}$/)
    const uint16 = fc.nat(0xffff)
    const command = fc.record(
      {
        commandField: uint16,
        messageId: uint16,
        affectedSopClassUid: text,
        moveDestination: text,
        errorComment: text,
        offendingElement: fc.array(fc.nat(0xffffffff), { minLength: 1, maxLength: 5 }),
        numberOfFailedSuboperations: uint16,
      },
      { requiredKeys: ['commandField'] },
    )
    fc.assert(
      fc.property(command, (value) => {
        assert.deepEqual(decodeCommandSet(encodeCommandSet(value)), structuredClone(value))
      }),
    )
  })

  it('reads or refuses any bytes', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fc.tuple(fc.nat(storeRequestBytes.length - 1), fc.nat(0xff)), { maxLength: 5 })
        .map((changes) => {
          const bytes = Uint8Array.from(storeRequestBytes)
          for (const [offset, value] of changes) bytes[offset] = value
          return bytes
        }),
    )
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          assert.equal(typeof decodeCommandSet(bytes).commandField, 'number')
        } catch (error) {
          assert.ok(error instanceof DimseProtocolError)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('skips unknown elements of group 0000, and a group length that is wrong', () => {
    const bytes = bytesOf('00000000 04000000 ffffffff 00000100 02000000 0000 00000001 02000000 3000')
    assert.deepEqual(decodeCommandSet(bytes), { commandField: 0x30 })
  })

  const refused = {
    'another group': '08000001 02000000 3000',
    'a length beyond the end': '00000001 ffffffff 3000',
    'a number of one byte': '00000001 01000000 30',
    'no command field': '00001001 02000000 0700',
    'an empty command field': '00000001 00000000',
    nothing: '',
  }
  for (const [name, hex] of Object.entries(refused)) {
    it(`refuses ${name}`, () => {
      assert.throws(() => decodeCommandSet(bytesOf(hex)), DimseProtocolError)
    })
  }

  it('sends at most 64 printable characters as error comment', () => {
    const encoded = encodeCommandSet({ commandField: 0x8001, errorComment: `a\\b\n\u00e9${'x'.repeat(100)}` })
    assert.equal(decodeCommandSet(encoded).errorComment, `a?b??${'x'.repeat(59)}`)
  })
})
