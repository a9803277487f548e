import type { ByteReader } from './byte-reader.ts'
import { type FieldValues, readFields } from './fields.ts'
import { associateAcceptFields, associateRequestFields } from './item-tables.ts'
import type { PduLimits } from './limits.ts'
import type { AssociateAccept, AssociateRequest, ContextOutcome, ProposedContext } from './pdu.ts'
import { PduError } from './pdu-error.ts'
import type { UserInformation } from './user-information.ts'

type RequestItems = FieldValues<typeof associateRequestFields>['items']
type AcceptItems = FieldValues<typeof associateAcceptFields>['items']
type Item = (RequestItems | AcceptItems)[number]
type UserInformationItem = Extract<Item, { readonly kind: 'userInformation' }>
type UserInformationSubItem = UserInformationItem['subItems'][number]

export function readAssociateRequest(reader: ByteReader, limits: PduLimits): AssociateRequest {
  const { items, ...header } = readFields(associateRequestFields, reader)
  const presentationContexts = ofKind(items, 'proposedContext').map(
    ({ id, subItems }): ProposedContext => ({
      id,
      abstractSyntax: ofKind(subItems, 'abstractSyntax')[0]?.uid ?? '',
      transferSyntaxes: ofKind(subItems, 'transferSyntax').map(({ uid }) => uid),
    }),
  )
  checkContextIds(presentationContexts, limits)
  return { type: 'A-ASSOCIATE-RQ', ...header, ...readCommonItems(items), presentationContexts }
}

export function readAssociateAccept(reader: ByteReader, limits: PduLimits): AssociateAccept {
  const { items, ...header } = readFields(associateAcceptFields, reader)
  const presentationContexts = ofKind(items, 'contextResult').map(
    ({ id, result, subItems }): ContextOutcome => ({
      id,
      result,
      transferSyntax: ofKind(subItems, 'transferSyntax')[0]?.uid ?? '',
    }),
  )
  checkContextIds(presentationContexts, limits)
  return { type: 'A-ASSOCIATE-AC', ...header, ...readCommonItems(items), presentationContexts }
}

export function associateRequestItems(pdu: AssociateRequest): RequestItems {
  return [
    { kind: 'applicationContext', name: pdu.applicationContextName },
    ...pdu.presentationContexts.map(
      ({ id, abstractSyntax, transferSyntaxes }) =>
        ({
          kind: 'proposedContext',
          id,
          subItems: [
            { kind: 'abstractSyntax', uid: abstractSyntax },
            ...transferSyntaxes.map((uid) => ({ kind: 'transferSyntax', uid }) as const),
          ],
        }) as const,
    ),
    { kind: 'userInformation', subItems: userInformationItems(pdu.userInformation) },
  ]
}

export function associateAcceptItems(pdu: AssociateAccept): AcceptItems {
  return [
    { kind: 'applicationContext', name: pdu.applicationContextName },
    ...pdu.presentationContexts.map(
      ({ id, result, transferSyntax }) =>
        ({
          kind: 'contextResult',
          id,
          result,
          subItems: [{ kind: 'transferSyntax', uid: transferSyntax }],
        }) as const,
    ),
    { kind: 'userInformation', subItems: userInformationItems(pdu.userInformation) },
  ]
}

function readCommonItems(items: readonly Item[]): {
  readonly applicationContextName: string
  readonly userInformation: UserInformation
} {
  const subItems = ofKind(items, 'userInformation').flatMap((one) => one.subItems)
  return {
    applicationContextName: ofKind(items, 'applicationContext')[0]?.name ?? '',
    userInformation: readUserInformation(subItems),
  }
}

function readUserInformation(subItems: readonly UserInformationSubItem[]): UserInformation {
  const window = ofKind(subItems, 'asynchronousOperationsWindow')[0]
  const identity = ofKind(subItems, 'userIdentity')[0]
  return {
    maximumLength: ofKind(subItems, 'maximumLength')[0]?.maximumLength,
    implementationClassUid: ofKind(subItems, 'implementationClassUid')[0]?.uid,
    implementationVersionName: ofKind(subItems, 'implementationVersionName')[0]?.name,
    asynchronousOperationsWindow: window && withoutKind(window),
    roleSelections: ofKind(subItems, 'roleSelection').map(withoutKind),
    extendedNegotiations: ofKind(subItems, 'extendedNegotiation').map(withoutKind),
    commonExtendedNegotiations: ofKind(subItems, 'commonExtendedNegotiation').map(withoutKind),
    userIdentity: identity && withoutKind(identity),
    userIdentityResponse: ofKind(subItems, 'userIdentityResponse')[0]?.serverResponse,
    unknownItems: ofKind(subItems, 'unknown').map(withoutKind),
  }
}

function userInformationItems(information: UserInformation): readonly UserInformationSubItem[] {
  const { maximumLength, implementationClassUid, implementationVersionName } = information
  const { asynchronousOperationsWindow: window, userIdentity, userIdentityResponse } = information
  const list: UserInformationSubItem[] = []
  if (maximumLength !== undefined) list.push({ kind: 'maximumLength', maximumLength })
  if (implementationClassUid !== undefined) {
    list.push({ kind: 'implementationClassUid', uid: implementationClassUid })
  }
  if (window) list.push({ kind: 'asynchronousOperationsWindow', ...window })
  for (const role of information.roleSelections) list.push({ kind: 'roleSelection', ...role })
  if (implementationVersionName !== undefined) {
    list.push({ kind: 'implementationVersionName', name: implementationVersionName })
  }
  for (const extended of information.extendedNegotiations) {
    list.push({ kind: 'extendedNegotiation', ...extended })
  }
  for (const extended of information.commonExtendedNegotiations) {
    list.push({ kind: 'commonExtendedNegotiation', ...extended })
  }
  if (userIdentity) list.push({ kind: 'userIdentity', ...userIdentity })
  if (userIdentityResponse) list.push({ kind: 'userIdentityResponse', serverResponse: userIdentityResponse })
  for (const unknown of information.unknownItems) list.push({ kind: 'unknown', ...unknown })
  return list
}

/** Identifiers are odd and used once (PS3.8 9.3.2.2). */
function checkContextIds(contexts: readonly { readonly id: number }[], limits: PduLimits): void {
  if (contexts.length > limits.maxPresentationContexts) {
    throw new PduError('invalidParameter', `${contexts.length} presentation contexts`)
  }
  const seen = new Set<number>()
  for (const { id } of contexts) {
    if (id % 2 === 0 || seen.has(id)) {
      throw new PduError('invalidParameter', `presentation context ID ${id} is even or used twice`)
    }
    seen.add(id)
  }
}

function ofKind<Value extends { readonly kind: string }, Kind extends Value['kind']>(
  list: readonly Value[],
  kind: Kind,
): Extract<Value, { readonly kind: Kind }>[] {
  return list.filter((value): value is Extract<Value, { readonly kind: Kind }> => value.kind === kind)
}

function withoutKind<Value extends { readonly kind: string }>(value: Value): Omit<Value, 'kind'> {
  const { kind: _, ...rest } = value
  return rest
}
