/** VRs of command elements, which are always encoded as Implicit VR Little Endian (PS3.7 6.3.1). */
export type CommandVr = 'AE' | 'AT' | 'LO' | 'UI' | 'US'

interface CommandElement {
  /** Element number in group 0000. */
  readonly element: number
  readonly vr: CommandVr
}

/** The command dictionary (PS3.7 E.1) in ascending order, without (0000,0000), which the codec computes. */
export const commandElements = {
  affectedSopClassUid: { element: 0x0002, vr: 'UI' },
  requestedSopClassUid: { element: 0x0003, vr: 'UI' },
  commandField: { element: 0x0100, vr: 'US' },
  messageId: { element: 0x0110, vr: 'US' },
  messageIdBeingRespondedTo: { element: 0x0120, vr: 'US' },
  moveDestination: { element: 0x0600, vr: 'AE' },
  priority: { element: 0x0700, vr: 'US' },
  commandDataSetType: { element: 0x0800, vr: 'US' },
  status: { element: 0x0900, vr: 'US' },
  offendingElement: { element: 0x0901, vr: 'AT' },
  errorComment: { element: 0x0902, vr: 'LO' },
  errorId: { element: 0x0903, vr: 'US' },
  affectedSopInstanceUid: { element: 0x1000, vr: 'UI' },
  requestedSopInstanceUid: { element: 0x1001, vr: 'UI' },
  eventTypeId: { element: 0x1002, vr: 'US' },
  attributeIdentifierList: { element: 0x1005, vr: 'AT' },
  actionTypeId: { element: 0x1008, vr: 'US' },
  numberOfRemainingSuboperations: { element: 0x1020, vr: 'US' },
  numberOfCompletedSuboperations: { element: 0x1021, vr: 'US' },
  numberOfFailedSuboperations: { element: 0x1022, vr: 'US' },
  numberOfWarningSuboperations: { element: 0x1023, vr: 'US' },
  moveOriginatorApplicationEntityTitle: { element: 0x1030, vr: 'AE' },
  moveOriginatorMessageId: { element: 0x1031, vr: 'US' },
} as const satisfies Record<string, CommandElement>

export type CommandKey = keyof typeof commandElements

interface ValueOfVr {
  readonly AE: string
  /** Tags, `gggg * 0x10000 + eeee`. */
  readonly AT: readonly number[]
  readonly LO: string
  readonly UI: string
  readonly US: number
}

/** The values of a command set by element. Elements that the dictionary does not know are left out. */
export type CommandSet = {
  readonly [Key in Exclude<CommandKey, 'commandField'>]?:
    | ValueOfVr[(typeof commandElements)[Key]['vr']]
    | undefined
} & { readonly commandField: number }

/** Command Data Set Type of a message without a data set; every other value announces one (PS3.7 E.1). */
export const noDataSet = 0x0101

/** Command Data Set Type that we send with a data set. */
export const withDataSet = 0x0001
