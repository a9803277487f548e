import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { pduFixtures } from './fixtures.ts'
import { PduParser } from './parser.ts'
import type { ControlPdu } from './pdu.ts'
import { encodeDataTransferHeader, encodePdu } from './serializer.ts'
import type { UserInformation } from './user-information.ts'

function parseOne(bytes: Uint8Array): ControlPdu {
  const found: ControlPdu[] = []
  const parser = new PduParser({
    pdu: (pdu) => found.push(pdu),
    dataTransfer: () => assert.fail(),
    fragment: () => assert.fail(),
    invalid: (error) => assert.fail(error),
  })
  parser.push(bytes)
  const [pdu] = found
  assert.ok(pdu)
  return pdu
}

const byte = fc.nat(0xff)
const uint16 = fc.nat(0xffff)
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Uint8Array.from(array))
const uid = fc.stringMatching(/^[0-9.]{1,64}$/)
const aeTitle = fc.stringMatching(/^[A-Za-z0-9_/.]([A-Za-z0-9_/. ]{0,14}[A-Za-z0-9_/.])?$/)
const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined })
const userInformation: fc.Arbitrary<UserInformation> = fc.record({
  maximumLength: optional(fc.nat(0xffffffff)),
  implementationClassUid: optional(uid),
  implementationVersionName: optional(aeTitle),
  asynchronousOperationsWindow: optional(fc.record({ invoked: uint16, performed: uint16 })),
  roleSelections: fc.array(fc.record({ sopClassUid: uid, scuRole: fc.boolean(), scpRole: fc.boolean() })),
  extendedNegotiations: fc.array(fc.record({ sopClassUid: uid, applicationInformation: bytes })),
  commonExtendedNegotiations: fc.array(
    fc.record({ sopClassUid: uid, serviceClassUid: uid, relatedGeneralSopClassUids: fc.array(uid) }),
  ),
  userIdentity: optional(
    fc.record({
      type: byte,
      positiveResponseRequested: fc.boolean(),
      primaryField: bytes,
      secondaryField: bytes,
    }),
  ),
  userIdentityResponse: optional(bytes),
  unknownItems: fc.array(fc.record({ code: fc.integer({ min: 0x60, max: 0xff }), bytes })),
})
const contextIds = fc.uniqueArray(
  fc.nat(127).map((n) => 2 * n + 1),
  { maxLength: 20 },
)
const header = {
  protocolVersion: uint16,
  calledAeTitle: aeTitle,
  callingAeTitle: aeTitle,
  applicationContextName: uid,
  userInformation,
}
const proposedContexts = contextIds.chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc.record({
        id: fc.constant(id),
        abstractSyntax: uid,
        transferSyntaxes: fc.array(uid, { maxLength: 5 }),
      }),
    ),
  ),
)
const contextOutcomes = contextIds.chain((ids) =>
  fc.tuple(...ids.map((id) => fc.record({ id: fc.constant(id), result: byte, transferSyntax: uid }))),
)
const controlPdu: fc.Arbitrary<ControlPdu> = fc.oneof(
  fc.record({
    type: fc.constant('A-ASSOCIATE-RQ' as const),
    ...header,
    presentationContexts: proposedContexts,
  }),
  fc.record({
    type: fc.constant('A-ASSOCIATE-AC' as const),
    ...header,
    presentationContexts: contextOutcomes,
  }),
  fc.record({ type: fc.constant('A-ASSOCIATE-RJ' as const), result: byte, source: byte, reason: byte }),
  fc.record({ type: fc.constant('A-ABORT' as const), source: byte, reason: byte }),
)

describe('PDU serializer', () => {
  for (const { name, bytes: expected, pdu } of pduFixtures) {
    it(`writes what reads as ${name}`, () => {
      const encoded = encodePdu(pdu)
      assert.equal(encoded.length, expected.length)
      assert.deepEqual(parseOne(encoded), pdu)
    })
  }

  it('writes the fixtures byte for byte where the order of items is ours', () => {
    for (const { bytes: expected, pdu } of pduFixtures.filter(({ name }) => !name.includes('every'))) {
      assert.deepEqual(Buffer.from(encodePdu(pdu)), Buffer.from(expected))
    }
  })

  it('is inverted by the parser', () => {
    fc.assert(
      fc.property(controlPdu, (pdu) =>
        assert.deepEqual(structuredClone(parseOne(encodePdu(pdu))), structuredClone(pdu)),
      ),
    )
  })

  it('throws on an item that does not fit its length', () => {
    const [fixture] = pduFixtures
    assert.ok(fixture?.pdu.type === 'A-ASSOCIATE-RQ')
    const bloated = { ...fixture.pdu, applicationContextName: '1'.repeat(0x10000) }
    assert.throws(() => encodePdu(bloated), RangeError)
  })

  it('writes the header of a P-DATA-TF with one PDV', () => {
    assert.equal(
      Buffer.from(encodeDataTransferHeader(3, 2, 0x10000)).toString('hex'),
      '0400000100060001000203' + '02',
    )
  })
})
