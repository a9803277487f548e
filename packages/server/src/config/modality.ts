import {
  allowKeys,
  isModalityName,
  type Manufacturer,
  type Modality,
  type ModalityRequest,
  manufacturers,
  modalityRequests,
} from '../model/modality.ts'
import { aeTitle } from './dicom-types.ts'
import {
  boolean,
  integer,
  isObject,
  Mismatch,
  mapOf,
  oneOf,
  readPart,
  text,
  type ValueType,
} from './value-type.ts'

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

/** Also as text, as Orthanc has it. */
const port: ValueType<number> = {
  ...integer(1, 65_534),
  read: (value, directory) =>
    integer(1, 65_534).read(
      typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
      directory,
    ),
}

const noneOrAeTitle: ValueType<string> = {
  expected: `${aeTitle.expected}, or nothing`,
  read: (value, directory) => (value === '' ? '' : aeTitle.read(value, directory)),
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
      port: field('Port', port),
      manufacturer: field('Manufacturer', manufacturer, 'Generic'),
      allowed: new Set(modalityRequests.filter(isAllowed)),
      allowTranscoding: field('AllowTranscoding', boolean, true),
      useDicomTls: field('UseDicomTls', boolean, false),
      localAeTitle: field('LocalAet', noneOrAeTitle, ''),
      timeout: field('Timeout', integer(), 0),
      retrieveMethod: field('RetrieveMethod', oneOf('SystemDefault', 'C-MOVE', 'C-GET'), 'SystemDefault'),
    }
  },
}

/** The section `DicomModalities`. */
export const modalities: ValueType<ReadonlyMap<string, Modality>> = {
  expected: `an object, each value of it ${expected}`,
  read(value, directory) {
    const byName = mapOf(modality).read(value, directory)
    for (const name of byName.keys()) {
      if (!isModalityName(name)) throw new Mismatch('a name of letters, digits, - and _', [name])
    }
    return byName
  },
}
