import {
  bytes16,
  flag,
  paddedText,
  reserved,
  restBytes,
  text,
  text16,
  textList16,
  uint8,
  uint16,
  uint32,
} from './fields.ts'
import { item, items } from './items.ts'

// PS3.8 9.3.2 and 9.3.3
const applicationContext = item(0x10, 'applicationContext', [text('name')])
const abstractSyntax = item(0x30, 'abstractSyntax', [text('uid')])
const transferSyntax = item(0x40, 'transferSyntax', [text('uid')])
const proposedContext = item(0x20, 'proposedContext', [
  uint8('id'),
  reserved(3),
  items('subItems', [abstractSyntax, transferSyntax]),
])
const contextResult = item(0x21, 'contextResult', [
  uint8('id'),
  reserved(1),
  uint8('result'),
  reserved(1),
  items('subItems', [transferSyntax]),
])

// PS3.8 Annex D.1 and PS3.7 Annex D.3.3
const userInformationItems = [
  item(0x51, 'maximumLength', [uint32('maximumLength')]),
  item(0x52, 'implementationClassUid', [text('uid')]),
  item(0x53, 'asynchronousOperationsWindow', [uint16('invoked'), uint16('performed')]),
  item(0x54, 'roleSelection', [text16('sopClassUid'), flag('scuRole'), flag('scpRole')]),
  item(0x55, 'implementationVersionName', [text('name')]),
  item(0x56, 'extendedNegotiation', [text16('sopClassUid'), restBytes('applicationInformation')]),
  item(0x57, 'commonExtendedNegotiation', [
    text16('sopClassUid'),
    text16('serviceClassUid'),
    textList16('relatedGeneralSopClassUids'),
  ]),
  item(0x58, 'userIdentity', [
    uint8('type'),
    flag('positiveResponseRequested'),
    bytes16('primaryField'),
    bytes16('secondaryField'),
  ]),
  item(0x59, 'userIdentityResponse', [bytes16('serverResponse')]),
] as const
const userInformation = item(0x50, 'userInformation', [items('subItems', userInformationItems)])

const associateHeader = [
  uint16('protocolVersion'),
  reserved(2),
  paddedText('calledAeTitle', 16),
  paddedText('callingAeTitle', 16),
  reserved(32),
] as const

/** Variable field of an A-ASSOCIATE-RQ (PS3.8 Table 9-11). */
export const associateRequestFields = [
  ...associateHeader,
  items('items', [applicationContext, proposedContext, userInformation]),
] as const

/** Variable field of an A-ASSOCIATE-AC (PS3.8 Table 9-17). */
export const associateAcceptFields = [
  ...associateHeader,
  items('items', [applicationContext, contextResult, userInformation]),
] as const

/** Variable field of an A-ASSOCIATE-RJ (PS3.8 Table 9-21). */
export const associateRejectFields = [reserved(1), uint8('result'), uint8('source'), uint8('reason')] as const

/** Variable field of an A-RELEASE-RQ and -RP (PS3.8 Tables 9-24, 9-25). */
export const releaseFields = [reserved(4)] as const

/** Variable field of an A-ABORT (PS3.8 Table 9-26). */
export const abortFields = [reserved(2), uint8('source'), uint8('reason')] as const
