import type { AssociateAccept, AssociateRequest, ProposedContext } from '../pdu/pdu.ts'
import { contextResults } from '../pdu/reasons.ts'
import type {
  AsynchronousOperationsWindow,
  CommonExtendedNegotiation,
  ExtendedNegotiation,
  RoleSelection,
  UserIdentity,
} from '../pdu/user-information.ts'
import { isUsableMaximumLength } from './acceptor.ts'
import { parseAeTitle } from './ae-title.ts'
import { type AcceptedContext, dicomApplicationContextName, type Implementation } from './association-info.ts'

/** What a requestor proposes. Presentation context IDs are assigned in order: 1, 3, 5, … */
export interface Proposal {
  readonly callingAeTitle: string
  readonly calledAeTitle: string
  /** 1 to 128. */
  readonly presentationContexts: readonly Omit<ProposedContext, 'id'>[]
  readonly maxPduLength: number
  readonly roleSelections?: readonly RoleSelection[] | undefined
  readonly asynchronousOperationsWindow?: AsynchronousOperationsWindow | undefined
  readonly userIdentity?: UserIdentity | undefined
  readonly extendedNegotiations?: readonly ExtendedNegotiation[] | undefined
  readonly commonExtendedNegotiations?: readonly CommonExtendedNegotiation[] | undefined
}

/** Composes the A-ASSOCIATE-RQ. Throws RangeError on a title or number of contexts that PS3.8 does not allow. */
export function proposeAssociation(proposal: Proposal, implementation: Implementation): AssociateRequest {
  const { presentationContexts, maxPduLength } = proposal
  if (presentationContexts.length < 1 || presentationContexts.length > 128) {
    throw new RangeError(`${presentationContexts.length} presentation contexts; 1 to 128 are possible`)
  }
  return {
    type: 'A-ASSOCIATE-RQ',
    protocolVersion: 1,
    calledAeTitle: requireAeTitle(proposal.calledAeTitle),
    callingAeTitle: requireAeTitle(proposal.callingAeTitle),
    applicationContextName: dicomApplicationContextName,
    presentationContexts: presentationContexts.map(({ abstractSyntax, transferSyntaxes }, index) => ({
      id: 2 * index + 1,
      abstractSyntax,
      transferSyntaxes,
    })),
    userInformation: {
      maximumLength: maxPduLength,
      implementationClassUid: implementation.implementationClassUid,
      implementationVersionName: implementation.implementationVersionName,
      asynchronousOperationsWindow: proposal.asynchronousOperationsWindow,
      roleSelections: proposal.roleSelections ?? [],
      extendedNegotiations: proposal.extendedNegotiations ?? [],
      commonExtendedNegotiations: proposal.commonExtendedNegotiations ?? [],
      userIdentity: proposal.userIdentity,
      unknownItems: [],
    },
  }
}

/**
 * The contexts that the acceptor accepted, by ID. Contexts that were not proposed, or accepted with a transfer syntax
 * that was not, are left out.
 */
export function readAcceptance(
  request: AssociateRequest,
  accept: AssociateAccept,
): ReadonlyMap<number, AcceptedContext> {
  const proposed = new Map(request.presentationContexts.map((context) => [context.id, context]))
  const contexts = new Map<number, AcceptedContext>()
  for (const { id, result, transferSyntax } of accept.presentationContexts) {
    const context = proposed.get(id)
    if (!context || result !== contextResults.acceptance) continue
    if (!context.transferSyntaxes.includes(transferSyntax)) continue
    const { abstractSyntax } = context
    contexts.set(id, { id, abstractSyntax, transferSyntax, ...grantedRoles(request, accept, abstractSyntax) })
  }
  return contexts
}

/** An acceptor's answer that cannot be worked with. */
export function isUsableAcceptance(accept: AssociateAccept): boolean {
  return isUsableMaximumLength(accept.userInformation.maximumLength ?? 0)
}

/** The window in force: 1, 1 unless both sides sent the item (PS3.7 D.3.3.3). */
export function agreedWindow(
  request: AssociateRequest,
  accept: AssociateAccept,
): AsynchronousOperationsWindow {
  const single = { invoked: 1, performed: 1 }
  if (!request.userInformation.asynchronousOperationsWindow) return single
  return accept.userInformation.asynchronousOperationsWindow ?? single
}

/** A role needs the requestor's proposal and the acceptor's answer; without answer the defaults hold (PS3.7 D.3.3.4). */
function grantedRoles(
  request: AssociateRequest,
  accept: AssociateAccept,
  abstractSyntax: string,
): Pick<AcceptedContext, 'requestorIsScu' | 'requestorIsScp'> {
  const isAboutIt = ({ sopClassUid }: RoleSelection) => sopClassUid === abstractSyntax
  const asked = request.userInformation.roleSelections.find(isAboutIt)
  const answered = accept.userInformation.roleSelections.find(isAboutIt)
  if (!asked || !answered) return { requestorIsScu: true, requestorIsScp: false }
  return {
    requestorIsScu: asked.scuRole && answered.scuRole,
    requestorIsScp: asked.scpRole && answered.scpRole,
  }
}

function requireAeTitle(text: string): string {
  const title = parseAeTitle(text)
  if (title === undefined) throw new RangeError(`not an AE title: ${JSON.stringify(text)}`)
  return title
}
