import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AssociateRequest } from '../pdu/pdu.ts'
import { rejectReasons } from '../pdu/reasons.ts'
import type { UserInformation } from '../pdu/user-information.ts'
import { type Acceptance, acceptAssociation, checkRequest, isProtocolVersionSupported } from './acceptor.ts'
import { parseAeTitle } from './ae-title.ts'

const explicitLittleEndian = '1.2.840.10008.1.2.1'
const implicitLittleEndian = '1.2.840.10008.1.2'
const jpegLossless = '1.2.840.10008.1.2.4.70'
const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'
const settings = { maxPduLength: 16384, implementationClassUid: '1.2.3', implementationVersionName: 'TEST' }

function request(
  changes: Partial<AssociateRequest> = {},
  user: Partial<UserInformation> = {},
): AssociateRequest {
  return {
    type: 'A-ASSOCIATE-RQ',
    protocolVersion: 1,
    calledAeTitle: 'B',
    callingAeTitle: 'A',
    applicationContextName: '1.2.840.10008.3.1.1.1',
    presentationContexts: [
      { id: 1, abstractSyntax: ctImageStorage, transferSyntaxes: [jpegLossless, explicitLittleEndian] },
    ],
    userInformation: {
      maximumLength: 16384,
      roleSelections: [],
      extendedNegotiations: [],
      commonExtendedNegotiations: [],
      unknownItems: [],
      ...user,
    },
    ...changes,
  }
}

function policy(changes: Partial<Acceptance> = {}): Acceptance {
  return { transferSyntaxesFor: () => [explicitLittleEndian, implicitLittleEndian, jpegLossless], ...changes }
}

describe('acceptor: presentation contexts', () => {
  it("follow the acceptor's order of transfer syntaxes", () => {
    const { accept, contexts } = acceptAssociation(request(), policy(), settings)
    assert.deepEqual(accept.presentationContexts, [
      { id: 1, result: 0, transferSyntax: explicitLittleEndian },
    ])
    assert.deepEqual(contexts.get(1), {
      id: 1,
      abstractSyntax: ctImageStorage,
      transferSyntax: explicitLittleEndian,
      requestorIsScu: true,
      requestorIsScp: false,
    })
  })

  it('take each result of PS3.8 Table 9-18 that a policy can give', () => {
    const offered = (id: number, abstractSyntax: string) => ({
      id,
      abstractSyntax,
      transferSyntaxes: [jpegLossless],
    })
    const presentationContexts = [
      offered(1, 'jpeg'),
      offered(3, 'mine'),
      offered(5, 'unknown'),
      offered(7, 'plain'),
    ]
    const answers: Record<string, readonly string[] | 'refused'> = {
      jpeg: [jpegLossless],
      mine: 'refused',
      plain: [explicitLittleEndian],
    }
    const transferSyntaxesFor = (uid: string) => answers[uid]
    const { accept, contexts } = acceptAssociation(
      request({ presentationContexts }),
      policy({ transferSyntaxesFor }),
      settings,
    )
    assert.deepEqual(
      accept.presentationContexts.map(({ id, result }) => [id, result]),
      [
        [1, 0],
        [3, 1],
        [5, 3],
        [7, 4],
      ],
    )
    assert.deepEqual([...contexts.keys()], [1])
  })

  it('without any transfer syntax are refused for it', () => {
    const presentationContexts = [{ id: 1, abstractSyntax: ctImageStorage, transferSyntaxes: [] }]
    const { accept } = acceptAssociation(request({ presentationContexts }), policy(), settings)
    assert.deepEqual(accept.presentationContexts, [{ id: 1, result: 4, transferSyntax: '' }])
  })
})

describe('acceptor: user information', () => {
  it('announces maximum length and implementation', () => {
    const { accept } = acceptAssociation(request(), policy(), settings)
    const { maximumLength, implementationClassUid, implementationVersionName } = accept.userInformation
    assert.deepEqual(
      [maximumLength, implementationClassUid, implementationVersionName],
      [16384, '1.2.3', 'TEST'],
    )
    assert.deepEqual([accept.calledAeTitle, accept.callingAeTitle], ['B', 'A'])
  })

  const role = (scuRole: boolean, scpRole: boolean) => ({ sopClassUid: ctImageStorage, scuRole, scpRole })

  it('grants a role that is proposed and permitted', () => {
    const permittedRoles = () => ({ scu: true, scp: true })
    for (const proposed of [role(true, true), role(false, true), role(true, false), role(false, false)]) {
      const asked = request({}, { roleSelections: [proposed] })
      const { accept, contexts } = acceptAssociation(asked, policy({ permittedRoles }), settings)
      assert.deepEqual(accept.userInformation.roleSelections, [proposed])
      assert.equal(contexts.get(1)?.requestorIsScu, proposed.scuRole)
      assert.equal(contexts.get(1)?.requestorIsScp, proposed.scpRole)
    }
  })

  it('does not grant a role that is not permitted, and answers nothing without a policy', () => {
    const asked = request({}, { roleSelections: [role(true, true)] })
    const permittedRoles = () => ({ scu: true, scp: false })
    const { accept, contexts } = acceptAssociation(asked, policy({ permittedRoles }), settings)
    assert.deepEqual(accept.userInformation.roleSelections, [role(true, false)])
    assert.equal(contexts.get(1)?.requestorIsScp, false)
    const silent = acceptAssociation(asked, policy(), settings)
    assert.deepEqual(silent.accept.userInformation.roleSelections, [])
    assert.deepEqual(silent.contexts.get(1)?.requestorIsScp, false)
  })

  it('answers an asynchronous operations window with 1, 1 unless configured, and never with more than offered', () => {
    const cases = [
      { offered: undefined, wanted: { invoked: 5, performed: 5 }, answer: undefined, window: [1, 1] },
      { offered: { invoked: 5, performed: 5 }, wanted: undefined, answer: [1, 1], window: [1, 1] },
      {
        offered: { invoked: 0, performed: 3 },
        wanted: { invoked: 4, performed: 0 },
        answer: [4, 3],
        window: [4, 3],
      },
      {
        offered: { invoked: 0, performed: 0 },
        wanted: { invoked: 0, performed: 1 },
        answer: [0, 1],
        window: [0, 1],
      },
    ]
    for (const { offered, wanted, answer, window } of cases) {
      const asked = request({}, { asynchronousOperationsWindow: offered })
      const given = policy(wanted ? { asynchronousOperationsWindow: wanted } : {})
      const result = acceptAssociation(asked, given, settings)
      const item = result.accept.userInformation.asynchronousOperationsWindow
      assert.deepEqual(item && [item.invoked, item.performed], answer)
      assert.deepEqual([result.window.invoked, result.window.performed], window)
    }
  })

  it('answers a user identity only if it was asked to', () => {
    const identity = { type: 5, primaryField: Uint8Array.of(1), secondaryField: Uint8Array.of() }
    const response = Uint8Array.of(7)
    for (const [positiveResponseRequested, expected] of [
      [true, response],
      [false, undefined],
    ] as const) {
      const asked = request({}, { userIdentity: { ...identity, positiveResponseRequested } })
      const { accept } = acceptAssociation(asked, policy({ userIdentityResponse: response }), settings)
      assert.deepEqual(accept.userInformation.userIdentityResponse, expected)
    }
  })

  it('passes extended negotiation answers through', () => {
    const extendedNegotiations = [{ sopClassUid: '1.2', applicationInformation: Uint8Array.of(1, 1) }]
    const { accept } = acceptAssociation(request(), policy({ extendedNegotiations }), settings)
    assert.deepEqual(accept.userInformation.extendedNegotiations, extendedNegotiations)
  })
})

describe('acceptor: refusals', () => {
  it('lets a proper request pass', () => {
    assert.equal(checkRequest(request()), undefined)
  })

  it('refuses another application context', () => {
    assert.equal(
      checkRequest(request({ applicationContextName: '1.2' })),
      rejectReasons.applicationContextNameNotSupported,
    )
  })

  for (const title of ['', 'A\0B', 'A\\B', 'A\nB', '\u00e4', 'A'.repeat(17)]) {
    it(`refuses the AE title ${JSON.stringify(title)}`, () => {
      assert.equal(
        checkRequest(request({ callingAeTitle: title })),
        rejectReasons.callingAeTitleNotRecognized,
      )
      assert.equal(checkRequest(request({ calledAeTitle: title })), rejectReasons.calledAeTitleNotRecognized)
    })
  }

  it('takes printable AE titles as text, trimmed', () => {
    assert.equal(parseAeTitle('  ../../etc/pass '), '../../etc/pass')
    assert.equal(parseAeTitle('A B'), 'A B')
    assert.equal(parseAeTitle('    '), undefined)
  })

  it('refuses maximum lengths that leave no room for data', () => {
    for (const maximumLength of [1, 6, 7, 127]) {
      assert.equal(checkRequest(request({}, { maximumLength })), rejectReasons.noReasonGiven)
    }
    for (const maximumLength of [0, 128, 16384, 0xffffffff, undefined]) {
      assert.equal(checkRequest(request({}, { maximumLength })), undefined)
    }
  })

  it('supports every protocol version mask with bit 0', () => {
    assert.equal(isProtocolVersionSupported(request({ protocolVersion: 3 })), true)
    assert.equal(isProtocolVersionSupported(request({ protocolVersion: 2 })), false)
  })
})
