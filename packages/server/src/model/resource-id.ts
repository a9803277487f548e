import { hash } from 'node:crypto'

/** The DICOM identifiers that name an instance and its ancestors. */
export interface Identifiers {
  readonly patientId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
}

/** The hash ids of an instance and its ancestors. */
export interface ResourceIds {
  readonly patient: string
  readonly study: string
  readonly series: string
  readonly instance: string
}

/** SHA-1 of the identifiers joined by `|`. */
const hashId = (text: string): string => idOfHex(hash('sha1', text, 'hex'))

/** An id as it is written: its 40 hexadecimal digits in five groups of eight (44 characters). */
export function idOfHex(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 16)}-${hex.slice(16, 24)}-${hex.slice(24, 32)}-${hex.slice(32)}`
}

/** What was asked for last: most instances come after another one of their series. */
let last: { readonly of: Identifiers; readonly ids: ResourceIds } | undefined

/** Ids as every Orthanc-compatible client computes them; identifiers come trimmed of spaces. */
export function resourceIds(identifiers: Identifiers): ResourceIds {
  const { patientId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = identifiers
  const study = `${patientId}|${studyInstanceUid}`
  const series = `${study}|${seriesInstanceUid}`
  const above =
    last !== undefined && isSameSeries(last.of, identifiers)
      ? last.ids
      : { patient: hashId(patientId), study: hashId(study), series: hashId(series) }
  const ids = { ...above, instance: hashId(`${series}|${sopInstanceUid}`) }
  last = { of: identifiers, ids }
  return ids
}

/** By each identifier: texts that join them may be the same for different ones, as `|` may be part of a PatientID. */
const isSameSeries = (one: Identifiers, other: Identifiers): boolean =>
  one.seriesInstanceUid === other.seriesInstanceUid &&
  one.studyInstanceUid === other.studyInstanceUid &&
  one.patientId === other.patientId

const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{8}){4}$/

export const isResourceId = (text: string): boolean => idPattern.test(text)
