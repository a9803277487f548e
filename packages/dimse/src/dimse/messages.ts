import type { CommandKey } from './command-elements.ts'

/** Whether a message comes with a data set. */
export type DataSetRule = 'always' | 'never' | 'sometimes'

export interface MessageType {
  readonly name: string
  readonly commandField: number
  /** Elements that must be present and not empty (M in PS3.7 9.3 and 10.3). */
  readonly required: readonly CommandKey[]
  readonly dataSet: DataSetRule
}

/** Set in the Command Field of every response. */
export const responseBit = 0x8000

/** Command Fields of the requests (PS3.7 E.1). */
export const commandFields = {
  cStore: 0x0001,
  cGet: 0x0010,
  cFind: 0x0020,
  cMove: 0x0021,
  cEcho: 0x0030,
  nEventReport: 0x0100,
  nGet: 0x0110,
  nSet: 0x0120,
  nAction: 0x0130,
  nCreate: 0x0140,
  nDelete: 0x0150,
  cCancel: 0x0fff,
} as const

const affected = ['affectedSopClassUid', 'messageId'] as const
const requested = ['requestedSopClassUid', 'requestedSopInstanceUid', 'messageId'] as const
const answer = ['messageIdBeingRespondedTo', 'status'] as const

/** The messages of PS3.7 9.3 (DIMSE-C) and 10.3 (DIMSE-N). */
export const messageTypes: readonly MessageType[] = [
  request('C-STORE', commandFields.cStore, [...affected, 'affectedSopInstanceUid'], 'always'),
  response('C-STORE', commandFields.cStore, 'never'),
  request('C-GET', commandFields.cGet, affected, 'always'),
  response('C-GET', commandFields.cGet, 'sometimes'),
  request('C-FIND', commandFields.cFind, affected, 'always'),
  response('C-FIND', commandFields.cFind, 'sometimes'),
  request('C-MOVE', commandFields.cMove, [...affected, 'moveDestination'], 'always'),
  response('C-MOVE', commandFields.cMove, 'sometimes'),
  request('C-ECHO', commandFields.cEcho, affected, 'never'),
  response('C-ECHO', commandFields.cEcho, 'never'),
  request(
    'N-EVENT-REPORT',
    commandFields.nEventReport,
    [...affected, 'affectedSopInstanceUid', 'eventTypeId'],
    'sometimes',
  ),
  response('N-EVENT-REPORT', commandFields.nEventReport, 'sometimes'),
  request('N-GET', commandFields.nGet, requested, 'never'),
  response('N-GET', commandFields.nGet, 'sometimes'),
  request('N-SET', commandFields.nSet, requested, 'always'),
  response('N-SET', commandFields.nSet, 'sometimes'),
  request('N-ACTION', commandFields.nAction, [...requested, 'actionTypeId'], 'sometimes'),
  response('N-ACTION', commandFields.nAction, 'sometimes'),
  request('N-CREATE', commandFields.nCreate, affected, 'sometimes'),
  response('N-CREATE', commandFields.nCreate, 'sometimes'),
  request('N-DELETE', commandFields.nDelete, requested, 'never'),
  response('N-DELETE', commandFields.nDelete, 'never'),
  {
    name: 'C-CANCEL-RQ',
    commandField: commandFields.cCancel,
    required: ['messageIdBeingRespondedTo'],
    dataSet: 'never',
  },
]

const byCommandField: ReadonlyMap<number, MessageType> = new Map(
  messageTypes.map((type) => [type.commandField, type]),
)

export function messageType(commandField: number): MessageType | undefined {
  return byCommandField.get(commandField)
}

/** The name of a message as PS3.7 writes it, else its Command Field in hexadecimal. */
export function messageName(commandField: number): string {
  return (
    messageType(commandField)?.name ?? `message ${commandField.toString(16).padStart(4, '0').toUpperCase()}H`
  )
}

function request(
  name: string,
  commandField: number,
  required: readonly CommandKey[],
  dataSet: DataSetRule,
): MessageType {
  return { name: `${name}-RQ`, commandField, required, dataSet }
}

function response(name: string, commandField: number, dataSet: DataSetRule): MessageType {
  return { name: `${name}-RSP`, commandField: commandField | responseBit, required: answer, dataSet }
}
