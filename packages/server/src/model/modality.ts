/** What a modality may ask of this server. */
export const modalityRequests = [
  'Echo',
  'Find',
  'FindWorklist',
  'Get',
  'Move',
  'Store',
  'NAction',
  'NEventReport',
] as const

export type ModalityRequest = (typeof modalityRequests)[number]

/** What says so, in configurations and answers. */
export const allowKeys: Readonly<Record<ModalityRequest, string>> = {
  Echo: 'AllowEcho',
  Find: 'AllowFind',
  FindWorklist: 'AllowFindWorklist',
  Get: 'AllowGet',
  Move: 'AllowMove',
  Store: 'AllowStore',
  NAction: 'AllowNAction',
  NEventReport: 'AllowEventReport',
}

/** Kinds of remote applications whose habits are known. */
export const manufacturers = [
  'Generic',
  'GenericNoWildcardInDates',
  'GenericNoUniversalWildcard',
  'Vitrea',
  'GE',
  'SiemensSyngoCT',
] as const

export type Manufacturer = (typeof manufacturers)[number]

/** A remote DICOM application. */
export interface Modality {
  readonly aeTitle: string
  readonly host: string
  readonly port: number
  readonly manufacturer: Manufacturer
  readonly allowed: ReadonlySet<ModalityRequest>
  readonly allowTranscoding: boolean
  readonly useDicomTls: boolean
  /** Empty: `DicomAet`. */
  readonly localAeTitle: string
  /** Seconds; 0: `DicomScuTimeout`. */
  readonly timeout: number
  readonly retrieveMethod: 'SystemDefault' | 'C-MOVE' | 'C-GET'
}

/** Symbolic names stand in URIs. */
export const isModalityName = (name: string): boolean => /^[0-9A-Za-z_-]+$/.test(name)
