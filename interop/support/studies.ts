import { element, fileMeta, sopClasses, uidOf } from './synthetic.ts'

/** What searches look at, of a study with one series. */
export interface StudyDescription {
  readonly name: string
  readonly patientId: string
  readonly patientName: string
  readonly birthDate?: string
  readonly studyDate?: string
  readonly studyTime?: string
  readonly accessionNumber?: string
  readonly studyDescription?: string
  readonly modality: string
  readonly seriesDescription?: string
  /** (0018,1000), which no index has. */
  readonly deviceSerialNumber?: string
}

const optional = (group: number, number: number, vr: string, value: string | undefined) =>
  value === undefined ? [] : [element(group, number, vr, value)]

/** The file of an instance without pixels; texts are Latin 1. */
export function studyFile(study: StudyDescription, instanceNumber = 1): Buffer {
  const suffix = instanceNumber === 1 ? '' : ` ${instanceNumber}`
  const sopInstanceUid = uidOf(`${study.name} instance${suffix}`)
  const sopClassUid = sopClasses.secondaryCapture
  return Buffer.concat([
    fileMeta({ sopClassUid, sopInstanceUid }),
    element(8, 5, 'CS', 'ISO_IR 100'),
    element(8, 0x16, 'UI', sopClassUid),
    element(8, 0x18, 'UI', sopInstanceUid),
    ...optional(8, 0x20, 'DA', study.studyDate),
    ...optional(8, 0x30, 'TM', study.studyTime),
    ...optional(8, 0x50, 'SH', study.accessionNumber),
    element(8, 0x60, 'CS', study.modality),
    ...optional(8, 0x1030, 'LO', study.studyDescription),
    ...optional(8, 0x103e, 'LO', study.seriesDescription),
    element(0x10, 0x10, 'PN', study.patientName),
    element(0x10, 0x20, 'LO', study.patientId),
    ...optional(0x10, 0x30, 'DA', study.birthDate),
    ...optional(0x18, 0x1000, 'LO', study.deviceSerialNumber),
    element(0x20, 0xd, 'UI', uidOf(`${study.name} study`)),
    element(0x20, 0xe, 'UI', uidOf(`${study.name} series`)),
    element(0x20, 0x13, 'IS', String(instanceNumber)),
  ])
}

/** Studies that tell right searches from wrong ones. */
export const searchedStudies: readonly StudyDescription[] = [
  {
    name: 'a',
    patientId: 'A1',
    patientName: 'Doe^John',
    birthDate: '19700101',
    studyDate: '20260101',
    studyTime: '101500',
    accessionNumber: 'ACC1',
    studyDescription: 'CT THORAX',
    modality: 'CT',
    seriesDescription: 'axial',
  },
  {
    name: 'b',
    patientId: 'A1',
    patientName: 'Doe^John',
    birthDate: '19700101',
    studyDate: '20260215',
    studyTime: '235959.5',
    accessionNumber: 'acc2',
    studyDescription: 'ct thorax nativ',
    modality: 'CT',
    deviceSerialNumber: 'X-7',
  },
  {
    name: 'c',
    patientId: 'a1',
    patientName: 'DOE^JANE',
    studyDate: '20251231',
    modality: 'MR',
    studyDescription: 'IRM C\xe9r\xe9brale',
  },
  {
    name: 'd',
    patientId: 'B 2',
    patientName: 'M\xfcller^J\xf6rg=',
    birthDate: '19701231',
    studyDate: '20260101',
    modality: 'SR',
    studyDescription: '',
  },
  {
    name: 'e',
    patientId: 'C*3',
    patientName: 'Smith Jones^Ann^B^Dr^Jr',
    modality: 'US',
    studyDescription: '50% off [x]_y',
  },
  {
    name: 'f',
    patientId: '',
    patientName: '',
    studyDate: '20200229',
    modality: 'PT',
    studyDescription: 'PET/CT "whole" body',
  },
  {
    name: 'g',
    patientId: 'D4',
    patientName: 'Smithson^Ann',
    studyDate: '20260101',
    studyTime: '101500',
    accessionNumber: 'ACC1',
    modality: 'CT',
    studyDescription: 'KNEE',
    seriesDescription: 'AXIAL',
  },
]
