import type { TestContext } from 'node:test'
import { buildDataSet, type DataSet, type Encoding, type NewElement, textOf } from '@kingsfoil/dicom'
import { proposeAssociation } from '../../association/requestor.ts'
import type { CommandSet } from '../../dimse/command-elements.ts'
import { encodePdu } from '../../pdu/serializer.ts'
import type { UserInformation } from '../../pdu/user-information.ts'
import { type FindHandler, type FindMatch, findSopClasses } from '../../services/find.ts'
import type { Association } from '../association.ts'
import type { ListenOptions } from '../listen.ts'
import { associateRequest, RawPeer, type Received } from './raw-peer.ts'
import { explicitLittleEndian, implicitLittleEndian, startHurried, verification } from './server.ts'

export const explicitBigEndian = '1.2.840.10008.1.2.2'
export const plainSyntaxes = [explicitLittleEndian, implicitLittleEndian, explicitBigEndian]
export const littleEndian: Encoding = { explicitVr: true, littleEndian: true }
export const { studyRoot } = findSopClasses

/** A query for all studies. */
export const studyQuery = buildDataSet(littleEndian, [
  [0x00080052, 'CS', 'STUDY'],
  [0x00100010, 'PN'],
  [0x0020000d, 'UI'],
])

/** Presentation contexts for Verification (1) and C-FIND in Study Root (3). */
export const findContexts = [
  { abstractSyntax: verification, transferSyntaxes: [implicitLittleEndian] },
  { abstractSyntax: studyRoot, transferSyntaxes: plainSyntaxes },
]

/** C-FIND-RQ for context 3. */
export const findCommand: CommandSet = {
  commandField: 0x0020,
  messageId: 1,
  priority: 0,
  affectedSopClassUid: studyRoot,
  commandDataSetType: 1,
}

export const cancelCommand = (messageId: number): CommandSet => ({
  commandField: 0x0fff,
  messageIdBeingRespondedTo: messageId,
  commandDataSetType: 0x0101,
})

/** The match with a number: a study of that UID. */
export function study(number: number, ...more: readonly NewElement[]): FindMatch {
  const identifier = buildDataSet(littleEndian, [
    [0x00080052, 'CS', 'STUDY'],
    [0x0020000d, 'UI', `1.2.${number}`],
    ...more,
  ])
  return { status: 0xff00, identifier }
}

/** The Study Instance UID of a match. */
export const studyUidOf = ({ identifier }: { readonly identifier: DataSet }): string | undefined =>
  textOf(identifier, 0x0020000d)

/** A server with a C-FIND handler, for Verification and Study Root. */
export function startFindServer(t: TestContext, find: FindHandler, options: Partial<ListenOptions> = {}) {
  const handlers = { find, echo: async () => 0 }
  return startHurried(t, {
    accept: () => ({ transferSyntaxesFor: () => plainSyntaxes }),
    handlers,
    ...options,
  })
}

/** A raw peer with an association for `findContexts`. */
export async function associateRaw(
  t: TestContext,
  server: { readonly port: number },
  changes: Partial<UserInformation> = {},
): Promise<RawPeer> {
  const peer = await RawPeer.connect(t, server)
  const { presentationContexts } = proposeAssociation(
    {
      callingAeTitle: 'RAW',
      calledAeTitle: 'SCP',
      maxPduLength: 16384,
      presentationContexts: findContexts,
    },
    { implementationClassUid: '1.2.3', implementationVersionName: 'RAW' },
  )
  const request = associateRequest({ presentationContexts })
  peer.send(encodePdu({ ...request, userInformation: { ...request.userInformation, ...changes } }))
  const answer = await peer.next()
  if (answer.type !== 'A-ASSOCIATE-AC') throw new Error(`the association was answered with ${answer.type}`)
  return peer
}

/** Message ID and status of a response. */
export function answered(received: Received): readonly unknown[] {
  if (received.type !== 'command') return [received.type]
  return [received.command.messageIdBeingRespondedTo, received.command.status]
}

/** All matches of a query, and how it ended. */
export async function findAll(association: Association, query = studyQuery) {
  const matches: FindMatch[] = []
  const found = association.find(query, { sopClassUid: studyRoot })
  for (;;) {
    const next = await found.next()
    if (next.done) return { matches, result: next.value }
    matches.push(next.value)
  }
}
