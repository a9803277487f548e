import type { TagValues } from '../../model/resource.ts'

/** Among the tags of a study's row: the patient's, as the study's first file has them. No tag is named like it. */
const patientMember = 'patient'

/** What the row of a study keeps. */
export function joinStudyTags(study: TagValues, patient: TagValues): TagValues {
  return { ...study, [patientMember]: [patient] }
}

/** The tags of any row; `patientMainTags` is undefined but for studies, and for rows that were made without them. */
export function splitTags(stored: TagValues): {
  readonly mainTags: TagValues
  readonly patientMainTags: TagValues | undefined
} {
  const { [patientMember]: patient, ...mainTags } = stored
  return { mainTags, patientMainTags: typeof patient === 'object' ? patient[0] : undefined }
}
