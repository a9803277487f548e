import { aeTitle } from './dicom-types.ts'
import { boolean, integer, isObject, Mismatch, oneOf, readPart, text, type ValueType } from './value-type.ts'

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

/** A remote DICOM application, as `DicomModalities` tells of it. */
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

const manufacturers = [
  'Generic',
  'GenericNoWildcardInDates',
  'GenericNoUniversalWildcard',
  'Vitrea',
  'GE',
  'SiemensSyngoCT',
] as const

type Manufacturer = (typeof manufacturers)[number]

/** Names of former releases, and what they mean today. */
const formerManufacturers: Readonly<Record<string, Manufacturer>> = {
  AgfaImpax: 'GenericNoWildcardInDates',
  SyngoVia: 'GenericNoWildcardInDates',
  EFilm2: 'Generic',
  MedInria: 'Generic',
  ClearCanvas: 'Generic',
  Dcm4Chee: 'Generic',
}

const manufacturer: ValueType<Manufacturer> = {
  ...oneOf(...manufacturers),
  read: (value, directory) =>
    (typeof value === 'string' ? formerManufacturers[value] : undefined) ??
    oneOf(...manufacturers).read(value, directory),
}

const allowKeys: Readonly<Record<ModalityRequest, string>> = {
  Echo: 'AllowEcho',
  Find: 'AllowFind',
  FindWorklist: 'AllowFindWorklist',
  Get: 'AllowGet',
  Move: 'AllowMove',
  Store: 'AllowStore',
  NAction: 'AllowNAction',
  NEventReport: 'AllowEventReport',
}

const expected = '[AET, host, port], [AET, host, port, manufacturer] or an object with AET, Host and Port'

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value
  if (!Array.isArray(value) || value.length < 3 || value.length > 4) throw new Mismatch(expected)
  const [AET, Host, Port, Manufacturer = 'Generic']: readonly unknown[] = value
  return { AET, Host, Port, Manufacturer }
}

/** One entry of `DicomModalities`. */
export const modality: ValueType<Modality> = {
  expected,
  read(value, directory) {
    const fields = fieldsOf(value)
    const field = <T>(key: string, type: ValueType<T>, byDefault?: T): T =>
      byDefault !== undefined && fields[key] === undefined
        ? byDefault
        : readPart(type, fields[key], directory, key)
    const commitment = field('AllowStorageCommitment', boolean, true)
    const isAllowed = (request: ModalityRequest): boolean =>
      field(allowKeys[request], boolean, request.startsWith('N') ? commitment : true)
    return {
      aeTitle: field('AET', aeTitle),
      host: field('Host', text),
      port: field('Port', integer(1, 65_534)),
      manufacturer: field('Manufacturer', manufacturer, 'Generic'),
      allowed: new Set(modalityRequests.filter(isAllowed)),
      allowTranscoding: field('AllowTranscoding', boolean, true),
      useDicomTls: field('UseDicomTls', boolean, false),
      localAeTitle: field('LocalAet', text, ''),
      timeout: field('Timeout', integer(), 0),
      retrieveMethod: field('RetrieveMethod', oneOf('SystemDefault', 'C-MOVE', 'C-GET'), 'SystemDefault'),
    }
  },
}
