export type { Acceptance, PermittedRoles } from './association/acceptor.ts'
export { parseAeTitle } from './association/ae-title.ts'
export type { AcceptedContext, AssociationInfo, Implementation } from './association/association-info.ts'
export { defaultImplementation } from './association/implementation.ts'
export {
  divideStoragePairs,
  maxPresentationContexts,
  type StoragePair,
  storageContexts,
} from './association/storage-proposals.ts'
export { type CommandSet, noDataSet } from './dimse/command-elements.ts'
export {
  AssociationError,
  DimseProtocolError,
  DimseStatusError,
  OperationFailedError,
} from './dimse/dimse-error.ts'
export { commandFields, messageName } from './dimse/messages.ts'
export {
  isPending,
  type PendingStatus,
  type StatusCategory,
  statusCategory,
  statuses,
} from './dimse/status.ts'
export type { ProposedContext } from './pdu/pdu.ts'
export { type RejectReason, rejectReasons } from './pdu/reasons.ts'
export type { RoleSelection, UserIdentity, UserInformation } from './pdu/user-information.ts'
export type { Answer } from './services/answer.ts'
export {
  type FindHandler,
  type FindMatch,
  type FindOptions,
  type FindRequest,
  findSopClasses,
} from './services/find.ts'
export type { Handlers } from './services/handlers.ts'
export type { OutgoingDataSet } from './services/message-sender.ts'
export type { OperationResult } from './services/operation-result.ts'
export type { ReceivedResponse } from './services/outgoing-requests.ts'
export { acceptedTransferSyntaxes } from './services/presentation-context.ts'
export type {
  IncomingRequest,
  ServiceProvider,
  ServiceProviders,
  ServiceResponse,
} from './services/service-provider.ts'
export type {
  MoveOriginator,
  StoreAnswer,
  StoreHandler,
  StoreOperation,
  StoreRequest,
  StoreResult,
} from './services/storage.ts'
export { type EchoHandler, type EchoRequest, verificationSopClassUid } from './services/verification.ts'
export type {
  AssociationDecision,
  AssociationObserver,
  AssociationRequest,
} from './transport/acceptor-session.ts'
export { type Association, AssociationRejectedError } from './transport/association.ts'
export { type ConnectOptions, connect } from './transport/connect.ts'
export type { ConnectionTimeouts } from './transport/connection.ts'
export {
  type DicomServer,
  defaultServerLimits,
  defaultTimeouts,
  type ListenOptions,
  listen,
  type ServerLimits,
} from './transport/listen.ts'
