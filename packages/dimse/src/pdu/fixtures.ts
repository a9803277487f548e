import type { ControlPdu } from './pdu.ts'
import type { UserInformation } from './user-information.ts'

/** Encoded PDUs typed by hand, for tests: hexadecimal with the meaning of each line before it. */
export interface PduFixture {
  readonly name: string
  readonly bytes: Uint8Array
  readonly pdu: ControlPdu
}

const noUserInformation: UserInformation = {
  maximumLength: undefined,
  implementationClassUid: undefined,
  implementationVersionName: undefined,
  asynchronousOperationsWindow: undefined,
  roleSelections: [],
  extendedNegotiations: [],
  commonExtendedNegotiations: [],
  userIdentity: undefined,
  userIdentityResponse: undefined,
  unknownItems: [],
}

/** Turns hexadecimal with `# comments` into bytes. */
export function bytesOf(text: string): Uint8Array {
  const digits = text.replace(/#.*$/gm, '').replace(/\s/g, '')
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  )
}

const reserved32 = '00'.repeat(32)

// 1.2.840.10008.3.1.1.1, the DICOM application context
const applicationContext = '31 2e 32 2e 38 34 30 2e 31 30 30 30 38 2e 33 2e 31 2e 31 2e 31'
// 1.2.840.10008.1.1, Verification
const verification = '31 2e 32 2e 38 34 30 2e 31 30 30 30 38 2e 31 2e 31'
// 1.2.840.10008.1.2, Implicit VR Little Endian
const implicitLittleEndian = '31 2e 32 2e 38 34 30 2e 31 30 30 30 38 2e 31 2e 32'

export const pduFixtures: readonly PduFixture[] = [
  {
    name: 'A-ASSOCIATE-RQ with one context',
    bytes: bytesOf(`
      # type 1, length 191
      01 00 00 00 00 bf
      # protocol version 1
      00 01 00 00
      # called "STORESCP", calling "ECHOSCU"
      53 54 4f 52 45 53 43 50 20 20 20 20 20 20 20 20
      45 43 48 4f 53 43 55 20 20 20 20 20 20 20 20 20
      ${reserved32}
      # application context, 21 bytes
      10 00 00 15 ${applicationContext}
      # presentation context 1, 46 bytes
      20 00 00 2e 01 00 00 00
      # abstract syntax, 17 bytes; transfer syntax, 17 bytes
      30 00 00 11 ${verification}
      40 00 00 11 ${implicitLittleEndian}
      # user information, 44 bytes: 8 + 8 + 6 + 22
      50 00 00 2c
      # maximum length 16384
      51 00 00 04 00 00 40 00
      # implementation class "1.2."; as long as it is short
      52 00 00 04 31 2e 32 2e
      # implementation version name "V1"
      55 00 00 02 56 31
      # unknown sub-item 7F with 18 bytes
      7f 00 00 12 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11
    `),
    pdu: {
      type: 'A-ASSOCIATE-RQ',
      protocolVersion: 1,
      calledAeTitle: 'STORESCP',
      callingAeTitle: 'ECHOSCU',
      applicationContextName: '1.2.840.10008.3.1.1.1',
      presentationContexts: [
        { id: 1, abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'] },
      ],
      userInformation: {
        ...noUserInformation,
        maximumLength: 16384,
        implementationClassUid: '1.2.',
        implementationVersionName: 'V1',
        unknownItems: [{ code: 0x7f, bytes: Uint8Array.from({ length: 18 }, (_, index) => index) }],
      },
    },
  },
  {
    name: 'A-ASSOCIATE-RQ with every user information sub-item of a requestor',
    bytes: bytesOf(`
      # type 1, length 223
      01 00 00 00 00 df
      # protocol version 1; called "B", calling "A"
      00 01 00 00
      42 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20
      41 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20
      ${reserved32}
      # application context
      10 00 00 15 ${applicationContext}
      # presentation context 255 with abstract syntax "1.2", transfer syntaxes "1.3", "1.4"
      20 00 00 19 ff 00 00 00
      30 00 00 03 31 2e 32
      40 00 00 03 31 2e 33
      40 00 00 03 31 2e 34
      # user information, 97 bytes: 8 + 8 + 11 + 13 + 25 + 15 + 17
      50 00 00 61
      # maximum length 0, unlimited
      51 00 00 04 00 00 00 00
      # asynchronous operations window: invoked 2, performed 0
      53 00 00 04 00 02 00 00
      # role selection for "1.2": SCU no, SCP yes
      54 00 00 07 00 03 31 2e 32 00 01
      # extended negotiation for "1.2": 01 00 01 02
      56 00 00 09 00 03 31 2e 32 01 00 01 02
      # common extended negotiation for "1.2", service class "1.9", related "1.5" and "1.6"
      57 00 00 15 00 03 31 2e 32 00 03 31 2e 39 00 09 00 03 31 2e 35 00 02 31 36
      # user identity: type 2, answer wanted, "ann", "pw"
      58 00 00 0b 02 01 00 03 61 6e 6e 00 02 70 77
      # implementation class "1.2.3.4.5.6.7"
      52 00 00 0d 31 2e 32 2e 33 2e 34 2e 35 2e 36 2e 37
    `),
    pdu: {
      type: 'A-ASSOCIATE-RQ',
      protocolVersion: 1,
      calledAeTitle: 'B',
      callingAeTitle: 'A',
      applicationContextName: '1.2.840.10008.3.1.1.1',
      presentationContexts: [{ id: 255, abstractSyntax: '1.2', transferSyntaxes: ['1.3', '1.4'] }],
      userInformation: {
        ...noUserInformation,
        maximumLength: 0,
        implementationClassUid: '1.2.3.4.5.6.7',
        asynchronousOperationsWindow: { invoked: 2, performed: 0 },
        roleSelections: [{ sopClassUid: '1.2', scuRole: false, scpRole: true }],
        extendedNegotiations: [{ sopClassUid: '1.2', applicationInformation: Uint8Array.of(1, 0, 1, 2) }],
        commonExtendedNegotiations: [
          { sopClassUid: '1.2', serviceClassUid: '1.9', relatedGeneralSopClassUids: ['1.5', '16'] },
        ],
        userIdentity: {
          type: 2,
          positiveResponseRequested: true,
          primaryField: Uint8Array.of(0x61, 0x6e, 0x6e),
          secondaryField: Uint8Array.of(0x70, 0x77),
        },
      },
    },
  },
  {
    name: 'A-ASSOCIATE-AC',
    bytes: bytesOf(`
      # type 2, length 141
      02 00 00 00 00 8d
      # protocol version 1; called "B", calling "A"
      00 01 00 00
      42 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20
      41 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20
      ${reserved32}
      # application context
      10 00 00 15 ${applicationContext}
      # context 1 accepted with "1.3"
      21 00 00 0b 01 00 00 00 40 00 00 03 31 2e 33
      # context 3: abstract syntax not supported, empty transfer syntax
      21 00 00 08 03 00 03 00 40 00 00 00
      # user information, 17 bytes: maximum length 131072, server response "tok" to the user identity
      50 00 00 11
      51 00 00 04 00 02 00 00
      59 00 00 05 00 03 74 6f 6b
    `),
    pdu: {
      type: 'A-ASSOCIATE-AC',
      protocolVersion: 1,
      calledAeTitle: 'B',
      callingAeTitle: 'A',
      applicationContextName: '1.2.840.10008.3.1.1.1',
      presentationContexts: [
        { id: 1, result: 0, transferSyntax: '1.3' },
        { id: 3, result: 3, transferSyntax: '' },
      ],
      userInformation: {
        ...noUserInformation,
        maximumLength: 131072,
        userIdentityResponse: Uint8Array.of(0x74, 0x6f, 0x6b),
      },
    },
  },
  {
    name: 'A-ASSOCIATE-RJ: transient, presentation, local limit exceeded',
    bytes: bytesOf('03 00 00 00 00 04 00 02 03 02'),
    pdu: { type: 'A-ASSOCIATE-RJ', result: 2, source: 3, reason: 2 },
  },
  {
    name: 'A-RELEASE-RQ',
    bytes: bytesOf('05 00 00 00 00 04 00 00 00 00'),
    pdu: { type: 'A-RELEASE-RQ' },
  },
  {
    name: 'A-RELEASE-RP',
    bytes: bytesOf('06 00 00 00 00 04 00 00 00 00'),
    pdu: { type: 'A-RELEASE-RP' },
  },
  {
    name: 'A-ABORT: service provider, invalid PDU parameter value',
    bytes: bytesOf('07 00 00 00 00 04 00 00 02 06'),
    pdu: { type: 'A-ABORT', source: 2, reason: 6 },
  },
]
