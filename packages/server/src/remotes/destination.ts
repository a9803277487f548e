import type { Modality } from '../model/modality.ts'

/** Where an association leads to, and under which names. */
export interface Destination {
  readonly host: string
  readonly port: number
  readonly calledAeTitle: string
  readonly callingAeTitle: string
  readonly useTls: boolean
  /** Seconds to wait for the peer, each time; 0: for ever. */
  readonly timeout: number
  /** Whether instances may be sent in another transfer syntax than their own. */
  readonly allowTranscoding: boolean
}

/** What takes the place of a modality's own data in one call. */
export interface DestinationChanges {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly calledAeTitle?: string | undefined
  readonly callingAeTitle?: string | undefined
  readonly timeout?: number | undefined
}

/** What holds for modalities that say nothing else. */
export interface DestinationDefaults {
  readonly aeTitle: string
  /** Seconds; 0: for ever. */
  readonly timeout: number
  readonly transcode: boolean
}

/** The AE title that a modality wants to be called by wins over that of the call, as in Orthanc 1.12. */
export const destinationOf = (
  modality: Modality,
  defaults: DestinationDefaults,
  changes: DestinationChanges = {},
): Destination => ({
  host: changes.host ?? modality.host,
  port: changes.port ?? modality.port,
  calledAeTitle: changes.calledAeTitle ?? modality.aeTitle,
  callingAeTitle: modality.localAeTitle || (changes.callingAeTitle ?? defaults.aeTitle),
  useTls: modality.useDicomTls,
  timeout: changes.timeout ?? (modality.timeout || defaults.timeout),
  allowTranscoding: modality.allowTranscoding && defaults.transcode,
})

export const describeDestination = ({ calledAeTitle, host, port }: Destination): string =>
  `AET "${calledAeTitle}" (${host}:${port})`
