import { createHash } from 'node:crypto'
import { uidOf } from '../../interop/support/synthetic.ts'
import type { NewInstance } from '../../packages/server/src/catalog/operations/store-instance.ts'
import { mainTagsSignature } from '../../packages/server/src/model/main-tags.ts'
import { resourceIds } from '../../packages/server/src/model/resource-id.ts'

const families = [
  'SMITH',
  'JOHNSON',
  'MÜLLER',
  'GARCIA',
  'NGUYEN',
  'PETROV',
  'ROSSI',
  'DUBOIS',
  'YAMADA',
  'KIM',
  'SILVA',
  'NOVAK',
  'ANDERSSON',
  'OKAFOR',
  'HANSEN',
  'KOWALSKI',
  'MARTIN',
  'BROWN',
  'WILSON',
  'TAYLOR',
  'WEBER',
  'LOPEZ',
  'CHEN',
  'ALI',
] as const
const endings = ['', 'SON', 'MANN', 'OVA', 'ETTI', 'BERG', 'ES', 'IC', 'LEY', 'STEIN'] as const
const givens = [
  'ANNA',
  'JOHN',
  'MARIA',
  'PETER',
  'LÉA',
  'AHMED',
  'JOSÉ',
  'WEI',
  'OLGA',
  'IVAN',
  'EMMA',
  'NOAH',
] as const
const regions = [
  'THORAX',
  'ABDOMEN',
  'BRAIN',
  'KNEE',
  'SPINE',
  'PELVIS',
  'NECK',
  'SHOULDER',
  'HEART',
  'FOOT',
] as const
const protocols = [
  'NATIVE',
  'WITH CONTRAST',
  'FOLLOW-UP',
  'SCREENING',
  'TRAUMA',
  'ANGIO',
  'POSTOP',
  'STAGING',
] as const
/** As often as they stand here. */
const modalities = ['CT', 'CT', 'CT', 'CT', 'MR', 'MR', 'MR', 'CR', 'CR', 'US', 'MG', 'PT'] as const

const seriesPerStudy = 3
const patientsPerStudy = 0.6
const filesMadeTogether = 64
const days = 3650

export interface Population {
  readonly instances: number
  readonly studies: number
}

/** Every value follows from the number of the study: a multiplier that scatters. */
const scatter = (number: number, salt: number): number => {
  const mixed = Math.imul(number + 1, 2654435761) ^ Math.imul(salt, 40503)
  return (Math.imul(mixed ^ (mixed >>> 15), 2246822519) >>> 0) / 2 ** 32
}

const pick = <T>(list: readonly T[], share: number): T => list[Math.floor(share * list.length)] as T

const patientIdOf = (patient: number): string => `P${String(patient).padStart(7, '0')}`

/** YYYYMMDD, evenly over ten years. */
export function studyDateOf(study: number): string {
  const date = new Date(Date.UTC(2015, 0, 1) + Math.floor(scatter(study, 7) * days) * 86_400_000)
  return date.toISOString().slice(0, 10).replaceAll('-', '')
}

export const accessionOf = (study: number): string => `A${String(study).padStart(8, '0')}`

interface StudyRecord {
  readonly patientId: string
  readonly uid: string
  readonly tags: Pick<NewInstance['tags'], 'Patient' | 'Study'>
  readonly region: string
  readonly modality: string
}

/** Number of the patient of a study. */
const patientOf = (study: number, { studies }: Pick<Population, 'studies'>): number =>
  Math.floor(scatter(study, 1) * Math.ceil(studies * patientsPerStudy))

/** Patient ID of a study. */
export const patientIdOfStudy = (study: number, population: Pick<Population, 'studies'>): string =>
  patientIdOf(patientOf(study, population))

function studyRecord(study: number, population: Population): StudyRecord {
  const patient = patientOf(study, population)
  const family = `${pick(families, scatter(patient, 2))}${pick(endings, scatter(patient, 3))}`
  const region = pick(regions, scatter(study, 4))
  const uid = uidOf(`grow ${study}`)
  return {
    patientId: patientIdOf(patient),
    uid,
    region,
    modality: pick(modalities, scatter(study, 5)),
    tags: {
      Patient: {
        '0010,0010': `${family}^${pick(givens, scatter(patient, 6))}`,
        '0010,0020': patientIdOf(patient),
        '0010,0030': String(19300101 + Math.floor(scatter(patient, 8) * 70) * 10_000),
        '0010,0040': patient % 2 === 0 ? 'F' : 'M',
      },
      Study: {
        '0008,0020': studyDateOf(study),
        '0008,0030': '101500',
        '0008,0050': accessionOf(study),
        '0008,0080': 'GENERAL HOSPITAL',
        '0008,0090': `${pick(families, scatter(study, 9))}^${pick(givens, scatter(study, 10))}`,
        '0008,1030': `${region} ${pick(protocols, scatter(study, 11))}`,
        '0020,000d': uid,
        '0020,0010': String(study),
      },
    },
  }
}

/** Instances of made-up studies, all of a study together, as they would arrive; the last study is larger. */
export function* populate(population: Population, lastStudy = 2000): Generator<NewInstance> {
  const perStudy = Math.max(1, Math.floor(population.instances / population.studies))
  for (let study = 0; study < population.studies; study++) {
    yield* populateStudy(study, study === population.studies - 1 ? lastStudy : perStudy, population)
  }
}

export function* populateStudy(
  study: number,
  instances: number,
  population: Population,
): Generator<NewInstance> {
  const record = studyRecord(study, population)
  for (let number = 0; number < instances; number++) yield instanceOf(record, study, number)
}

function instanceOf(record: StudyRecord, study: number, number: number): NewInstance {
  const series = number % seriesPerStudy
  const seriesUid = `${record.uid}.${series + 1}`
  const sopInstanceUid = `${seriesUid}.${number + 1}`
  const digest = createHash('sha1').update(sopInstanceUid).digest('hex')
  const date = new Date(Date.UTC(2020, 0, 1) + study * 1000)
  const received = date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  const signature = (level: keyof NewInstance['tags']) => ({ 15: mainTagsSignature(level) })
  return {
    ids: resourceIds({
      patientId: record.patientId,
      studyInstanceUid: record.uid,
      seriesInstanceUid: seriesUid,
      sopInstanceUid,
    }),
    tags: {
      ...record.tags,
      Series: {
        '0008,0021': studyDateOf(study),
        '0008,0060': record.modality,
        '0008,0070': 'MAKER',
        '0008,103e': `${record.region} ${series === 0 ? 'axial' : series === 1 ? 'sagittal' : 'coronal'}`,
        '0018,0015': record.region,
        '0020,000e': seriesUid,
        '0020,0011': String(series + 1),
      },
      Instance: {
        '0008,0018': sopInstanceUid,
        '0020,0013': String(number + 1),
        '0020,0032': `0\\0\\${number}`,
        '0020,0037': '1\\0\\0\\0\\1\\0',
      },
    },
    metadata: {
      Patient: signature('Patient'),
      Study: signature('Study'),
      Series: { ...signature('Series'), 3: '' },
      Instance: {
        ...signature('Instance'),
        1: String(number + 1),
        2: received,
        3: '',
        8: 'RestApi',
        9: '1.2.840.10008.1.2.1',
        10: '1.2.840.10008.5.1.4.1.1.2',
        11: '127.0.0.1',
        13: '',
        14: '1560',
      },
    },
    file: { blobKey: blobKeyOf(study, number, digest), size: 526_000, md5: digest.slice(0, 32) },
    date: received,
    overwrite: false,
  }
}

/** As the store makes keys: the files that are made together share the first thirteen characters. */
function blobKeyOf(study: number, number: number, digest: string): string {
  const batch = createHash('sha1')
    .update(`${study} ${Math.floor(number / filesMadeTogether)}`)
    .digest('hex')
  return [
    batch.slice(0, 8),
    batch.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-')
}
