import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AssociateAccept, ContextOutcome } from '../pdu/pdu.ts'
import type { UserInformation } from '../pdu/user-information.ts'
import {
  agreedWindow,
  isUsableAcceptance,
  type Proposal,
  proposeAssociation,
  readAcceptance,
} from './requestor.ts'

const implementation = { implementationClassUid: '1.2.3', implementationVersionName: 'TEST' }
const contexts = [
  { abstractSyntax: 'echo', transferSyntaxes: ['implicit'] },
  { abstractSyntax: 'ct', transferSyntaxes: ['explicit', 'implicit'] },
]

function propose(changes: Partial<Proposal> = {}) {
  const proposal = {
    callingAeTitle: 'A',
    calledAeTitle: 'B',
    presentationContexts: contexts,
    maxPduLength: 4096,
    ...changes,
  }
  return proposeAssociation(proposal, implementation)
}

function answer(outcomes: readonly ContextOutcome[], user: Partial<UserInformation> = {}): AssociateAccept {
  return {
    type: 'A-ASSOCIATE-AC',
    protocolVersion: 1,
    calledAeTitle: 'B',
    callingAeTitle: 'A',
    applicationContextName: '1.2.840.10008.3.1.1.1',
    presentationContexts: outcomes,
    userInformation: {
      roleSelections: [],
      extendedNegotiations: [],
      commonExtendedNegotiations: [],
      unknownItems: [],
      ...user,
    },
  }
}

describe('requestor', () => {
  it('numbers contexts with odd identifiers up to 255', () => {
    assert.deepEqual(
      propose().presentationContexts.map(({ id }) => id),
      [1, 3],
    )
    const many = Array.from({ length: 128 }, () => contexts[0] ?? assert.fail())
    assert.equal(propose({ presentationContexts: many }).presentationContexts.at(-1)?.id, 255)
    assert.throws(() => propose({ presentationContexts: [...many, ...many.slice(0, 1)] }), RangeError)
    assert.throws(() => propose({ presentationContexts: [] }), RangeError)
  })

  it('does not send what is no AE title', () => {
    for (const title of ['', 'A\\B', 'A'.repeat(17)]) {
      assert.throws(() => propose({ callingAeTitle: title }), RangeError)
      assert.throws(() => propose({ calledAeTitle: title }), RangeError)
    }
  })

  it('takes only accepted contexts that it proposed, with a transfer syntax that it proposed', () => {
    const accepted = readAcceptance(
      propose(),
      answer([
        { id: 1, result: 3, transferSyntax: 'implicit' },
        { id: 3, result: 0, transferSyntax: 'implicit' },
        { id: 5, result: 0, transferSyntax: 'implicit' },
      ]),
    )
    assert.deepEqual([...accepted.keys()], [3])
    assert.equal(accepted.get(3)?.abstractSyntax, 'ct')
    const foreign = answer([{ id: 3, result: 0, transferSyntax: 'jpeg' }])
    assert.equal(readAcceptance(propose(), foreign).size, 0)
  })

  it('has a role that it proposed and the acceptor granted, else the default', () => {
    const role = (scuRole: boolean, scpRole: boolean) => ({ sopClassUid: 'ct', scuRole, scpRole })
    const outcomes = [{ id: 3, result: 0, transferSyntax: 'explicit' }]
    const granted = (asked: boolean, answered: boolean) => {
      const request = propose(asked ? { roleSelections: [role(false, true)] } : {})
      const accept = answer(outcomes, answered ? { roleSelections: [role(true, true)] } : {})
      const context = readAcceptance(request, accept).get(3)
      return [context?.requestorIsScu, context?.requestorIsScp]
    }
    assert.deepEqual(granted(true, true), [false, true])
    assert.deepEqual(granted(true, false), [true, false])
    assert.deepEqual(granted(false, true), [true, false])
  })

  it('has a window only if both sides sent one', () => {
    const window = { invoked: 3, performed: 2 }
    const single = { invoked: 1, performed: 1 }
    const asked = propose({ asynchronousOperationsWindow: { invoked: 4, performed: 4 } })
    const answered = answer([], { asynchronousOperationsWindow: window })
    assert.deepEqual(agreedWindow(asked, answered), window)
    assert.deepEqual(agreedWindow(asked, answer([])), single)
    assert.deepEqual(agreedWindow(propose(), answered), single)
  })

  it('cannot work with a peer that takes no data', () => {
    assert.equal(isUsableAcceptance(answer([], { maximumLength: 7 })), false)
    assert.equal(isUsableAcceptance(answer([], { maximumLength: 4096 })), true)
    assert.equal(isUsableAcceptance(answer([])), true)
  })
})
