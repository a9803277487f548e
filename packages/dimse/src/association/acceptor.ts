import type { AssociateAccept, AssociateRequest, ContextOutcome, ProposedContext } from '../pdu/pdu.ts'
import { type ContextResult, contextResults, type RejectReason, rejectReasons } from '../pdu/reasons.ts'
import type {
  AsynchronousOperationsWindow,
  ExtendedNegotiation,
  RoleSelection,
  UserInformation,
} from '../pdu/user-information.ts'
import { parseAeTitle } from './ae-title.ts'
import { type AcceptedContext, dicomApplicationContextName, type Implementation } from './association-info.ts'

/** Roles that the acceptor lets the requestor take for an abstract syntax. */
export interface PermittedRoles {
  readonly scu: boolean
  readonly scp: boolean
}

/** What the acceptor's policy decides about one association. */
export interface Acceptance {
  /**
   * The transfer syntaxes accepted for an abstract syntax, best first: this order decides, not the requestor's.
   * undefined: abstract syntax not supported; 'refused': supported, but not for this requestor (user-rejection).
   */
  transferSyntaxesFor(abstractSyntax: string): readonly string[] | 'refused' | undefined
  /** Default: only what needs no negotiation, the requestor as SCU. */
  permittedRoles?(abstractSyntax: string): PermittedRoles
  /** Default 1, 1. */
  readonly asynchronousOperationsWindow?: AsynchronousOperationsWindow
  /** Answers to extended negotiation items, sent as they are. */
  readonly extendedNegotiations?: readonly ExtendedNegotiation[]
  /** Server response, for identities of type 3 to 5; sent only if the requestor asked for an answer. */
  readonly userIdentityResponse?: Uint8Array
}

export interface AcceptorSettings extends Implementation {
  /** Our maximum length. */
  readonly maxPduLength: number
}

export interface AcceptedAssociation {
  readonly accept: AssociateAccept
  readonly contexts: ReadonlyMap<number, AcceptedContext>
  /** As answered: seen from the requestor. */
  readonly window: AsynchronousOperationsWindow
}

/** Peers that want shorter PDUs than this would be answered mostly with headers. */
const minPeerPduLength = 128

/** Refusals that need no policy (PS3.8 7.1.1, Table 9-21). */
export function checkRequest(request: AssociateRequest): RejectReason | undefined {
  if (request.applicationContextName !== dicomApplicationContextName) {
    return rejectReasons.applicationContextNameNotSupported
  }
  if (parseAeTitle(request.callingAeTitle) === undefined) return rejectReasons.callingAeTitleNotRecognized
  if (parseAeTitle(request.calledAeTitle) === undefined) return rejectReasons.calledAeTitleNotRecognized
  const { maximumLength = 0 } = request.userInformation
  return isUsableMaximumLength(maximumLength) ? undefined : rejectReasons.noReasonGiven
}

/** 0 is unlimited (PS3.8 D.1.1). */
export function isUsableMaximumLength(maximumLength: number): boolean {
  return maximumLength === 0 || maximumLength >= minPeerPduLength
}

/** Bit 0 of the mask is the one protocol version there is (PS3.8 Table 9-11). */
export function isProtocolVersionSupported(request: AssociateRequest): boolean {
  return (request.protocolVersion & 1) === 1
}

/** Answers an A-ASSOCIATE-RQ that passed `checkRequest`. */
export function acceptAssociation(
  request: AssociateRequest,
  acceptance: Acceptance,
  settings: AcceptorSettings,
): AcceptedAssociation {
  const roles = selectRoles(request, acceptance)
  const outcomes = request.presentationContexts.map((context) => decideContext(context, acceptance))
  const contexts = acceptedContexts(request, outcomes, roles)
  const window = answerWindow(request, acceptance)
  const accept: AssociateAccept = {
    type: 'A-ASSOCIATE-AC',
    protocolVersion: 1,
    calledAeTitle: request.calledAeTitle,
    callingAeTitle: request.callingAeTitle,
    applicationContextName: dicomApplicationContextName,
    presentationContexts: outcomes,
    userInformation: answerUserInformation(request, acceptance, settings, [...roles.values()], window),
  }
  return { accept, contexts, window }
}

function decideContext(context: ProposedContext, acceptance: Acceptance): ContextOutcome {
  const accepted = acceptance.transferSyntaxesFor(context.abstractSyntax)
  if (accepted === undefined) return refuse(context, contextResults.abstractSyntaxNotSupported)
  if (accepted === 'refused') return refuse(context, contextResults.userRejection)
  const transferSyntax = accepted.find((uid) => context.transferSyntaxes.includes(uid))
  if (transferSyntax === undefined) return refuse(context, contextResults.transferSyntaxesNotSupported)
  return { id: context.id, result: contextResults.acceptance, transferSyntax }
}

function refuse({ id, transferSyntaxes }: ProposedContext, result: ContextResult): ContextOutcome {
  // The field must be there, but is not significant (PS3.8 Table 9-18); some peers choke on an empty one.
  return { id, result, transferSyntax: transferSyntaxes[0] ?? '' }
}

/** A role is granted if it is proposed and permitted (PS3.7 D.3.3.4); the answer to each proposal by SOP class. */
function selectRoles(request: AssociateRequest, acceptance: Acceptance): ReadonlyMap<string, RoleSelection> {
  const answers = new Map<string, RoleSelection>()
  for (const { sopClassUid, scuRole, scpRole } of request.userInformation.roleSelections) {
    const permitted = acceptance.permittedRoles?.(sopClassUid)
    if (!permitted) continue
    answers.set(sopClassUid, {
      sopClassUid,
      scuRole: scuRole && permitted.scu,
      scpRole: scpRole && permitted.scp,
    })
  }
  return answers
}

function acceptedContexts(
  request: AssociateRequest,
  outcomes: readonly ContextOutcome[],
  roles: ReadonlyMap<string, RoleSelection>,
): ReadonlyMap<number, AcceptedContext> {
  const contexts = new Map<number, AcceptedContext>()
  outcomes.forEach(({ id, result, transferSyntax }, index) => {
    const abstractSyntax = request.presentationContexts[index]?.abstractSyntax
    if (result !== contextResults.acceptance || abstractSyntax === undefined) return
    const role = roles.get(abstractSyntax)
    contexts.set(id, {
      id,
      abstractSyntax,
      transferSyntax,
      requestorIsScu: role?.scuRole ?? true,
      requestorIsScp: role?.scpRole ?? false,
    })
  })
  return contexts
}

/** Without the item both numbers are 1; the answer never exceeds what was offered (PS3.7 D.3.3.3). */
function answerWindow(request: AssociateRequest, acceptance: Acceptance): AsynchronousOperationsWindow {
  const offered = request.userInformation.asynchronousOperationsWindow
  const wanted = acceptance.asynchronousOperationsWindow
  if (!offered || !wanted) return { invoked: 1, performed: 1 }
  return {
    invoked: smallerWindow(offered.invoked, wanted.invoked),
    performed: smallerWindow(offered.performed, wanted.performed),
  }
}

function smallerWindow(a: number, b: number): number {
  if (a === 0) return b
  return b === 0 ? a : Math.min(a, b)
}

function answerUserInformation(
  request: AssociateRequest,
  acceptance: Acceptance,
  settings: AcceptorSettings,
  roleSelections: readonly RoleSelection[],
  window: AsynchronousOperationsWindow,
): UserInformation {
  const { asynchronousOperationsWindow: offered, userIdentity } = request.userInformation
  return {
    maximumLength: settings.maxPduLength,
    implementationClassUid: settings.implementationClassUid,
    implementationVersionName: settings.implementationVersionName,
    asynchronousOperationsWindow: offered && window,
    roleSelections,
    extendedNegotiations: acceptance.extendedNegotiations ?? [],
    commonExtendedNegotiations: [],
    userIdentityResponse: userIdentity?.positiveResponseRequested
      ? (acceptance.userIdentityResponse ?? new Uint8Array(0))
      : undefined,
    unknownItems: [],
  }
}
