import type { State } from './states.ts'

/** What the driver of the machine does, in order. */
export type Effect =
  | 'connectTransport'
  | 'closeTransport'
  | 'startArtim'
  | 'stopArtim'
  | 'sendAssociateRequest'
  | 'sendAssociateAccept'
  | 'sendAssociateReject'
  | 'sendData'
  | 'sendReleaseRequest'
  | 'sendReleaseReply'
  | 'sendAbortAsUser'
  | 'sendAbortAsProvider'
  | 'indicateAssociate'
  | 'confirmAccept'
  | 'confirmReject'
  | 'indicateData'
  | 'indicateRelease'
  | 'confirmRelease'
  | 'indicateAbort'
  | 'indicateProviderAbort'

/** What an outcome may depend on, besides state and event. */
export interface Facts {
  /** This side opened the association. */
  readonly isRequestor: boolean
  /** The service provider has no objection to the A-ASSOCIATE-RQ (its protocol version is supported). */
  readonly isAcceptable: boolean
}

export interface Outcome {
  readonly effects: readonly Effect[]
  readonly next: State
}

export interface Choice {
  readonly fact: keyof Facts
  readonly yes: Outcome
  readonly no: Outcome
}

/** Actions of PS3.8 Tables 9-6 to 9-9. */
export const actions = {
  // Table 9-6, association establishment
  'AE-1': to('Sta4', 'connectTransport'),
  'AE-2': to('Sta5', 'sendAssociateRequest'),
  'AE-3': to('Sta6', 'confirmAccept'),
  'AE-4': to('Sta1', 'confirmReject', 'closeTransport'),
  'AE-5': to('Sta2', 'startArtim'),
  'AE-6': {
    fact: 'isAcceptable',
    yes: to('Sta3', 'stopArtim', 'indicateAssociate'),
    no: to('Sta13', 'stopArtim', 'sendAssociateReject', 'startArtim'),
  },
  'AE-7': to('Sta6', 'sendAssociateAccept'),
  'AE-8': to('Sta13', 'sendAssociateReject', 'startArtim'),
  // Table 9-7, data transfer
  'DT-1': to('Sta6', 'sendData'),
  'DT-2': to('Sta6', 'indicateData'),
  // Table 9-8, association release
  'AR-1': to('Sta7', 'sendReleaseRequest'),
  'AR-2': to('Sta8', 'indicateRelease'),
  'AR-3': to('Sta1', 'confirmRelease', 'closeTransport'),
  'AR-4': to('Sta13', 'sendReleaseReply', 'startArtim'),
  'AR-5': to('Sta1', 'stopArtim'),
  'AR-6': to('Sta7', 'indicateData'),
  'AR-7': to('Sta8', 'sendData'),
  'AR-8': {
    fact: 'isRequestor',
    yes: to('Sta9', 'indicateRelease'),
    no: to('Sta10', 'indicateRelease'),
  },
  'AR-9': to('Sta11', 'sendReleaseReply'),
  'AR-10': to('Sta12', 'confirmRelease'),
  // Table 9-9, association abort
  'AA-1': to('Sta13', 'sendAbortAsUser', 'startArtim'),
  'AA-2': to('Sta1', 'stopArtim', 'closeTransport'),
  'AA-3': to('Sta1', 'indicateAbort', 'closeTransport'),
  'AA-4': to('Sta1', 'indicateProviderAbort'),
  'AA-5': to('Sta1', 'stopArtim'),
  'AA-6': to('Sta13'),
  'AA-7': to('Sta13', 'sendAbortAsProvider'),
  'AA-8': to('Sta13', 'sendAbortAsProvider', 'indicateProviderAbort', 'startArtim'),
} as const satisfies Record<string, Outcome | Choice>

export type Action = keyof typeof actions

function to<const Effects extends readonly Effect[]>(next: State, ...effects: Effects): Outcome {
  return { effects, next }
}
