import { foldName, foldText } from '../model/fold-text.ts'
import type { Level } from '../model/level.ts'
import type { TagValues } from '../model/resource.ts'

interface SearchColumn {
  readonly tag: string
  readonly column: string
}

const column = (tag: string, name: string): SearchColumn => ({ tag, column: name })

/** Indexed columns with folded values of main tags; '' where the tag is missing. */
export const searchColumns = {
  Patient: [
    column('0010,0010', 'patient_name'),
    column('0010,0020', 'patient_id'),
    column('0010,0030', 'birth_date'),
  ],
  Study: [
    column('0008,0020', 'study_date'),
    column('0008,0050', 'accession_number'),
    column('0008,1030', 'study_description'),
    column('0020,000d', 'study_uid'),
  ],
  Series: [column('0008,0060', 'modality'), column('0020,000e', 'series_uid')],
  Instance: [],
} as const satisfies Readonly<Record<Level, readonly SearchColumn[]>>

type Named<L extends Level> = (typeof searchColumns)[L][number]['column' &
  keyof (typeof searchColumns)[L][number]]

/** Column names are no user's input: they come from here alone. `key` is the order of arrival. */
export type ColumnName = Named<'Patient'> | Named<'Study'> | Named<'Series'> | 'last_update'

/** Names are compared without regard to delimiters at their end. */
const nameTag = '0010,0010'

export const sopInstanceUidTag = '0008,0018'

/** Tags whose texts are found by any three characters in a row. */
export const wordTags: Readonly<Record<Level, readonly string[]>> = {
  Patient: [nameTag, '0010,0020', '0010,1000'],
  Study: ['0008,0050', '0008,0080', '0008,0090', '0008,1030', '0020,0010', '0032,1032', '0032,1060'],
  Series: ['0008,103e', '0008,0070', '0008,1010', '0018,0015', '0018,1030', '0018,0024', '0008,1070'],
  Instance: [],
}

/** Tables with the words; instances have none. */
export const wordTableOf = {
  Patient: 'patient_words',
  Study: 'study_words',
  Series: 'series_words',
} as const

export const foldTag = (tag: string, text: string): string =>
  tag === nameTag ? foldName(text) : foldText(text)

/** Values of the search columns of a row, in their order. */
export function searchValues(level: Level, tags: TagValues): readonly string[] {
  return searchColumns[level].map(({ tag }) => {
    const value = tags[tag]
    return typeof value === 'string' ? foldTag(tag, value) : ''
  })
}

/** One text of all words, in which lines are the values of tags. */
export function wordsOf(level: Level, tags: TagValues): string {
  return wordTags[level]
    .flatMap((tag) => {
      const value = tags[tag]
      return typeof value === 'string' && value !== '' ? [foldText(value)] : []
    })
    .join('\n')
}

/** FNV-1a, stirred once more so that its low bits are as good as the high ones. */
function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}

/**
 * 48 bits that stand for a UID; a few UIDs share them. The first half says what stands before the last component, which
 * is the same in most series: their entries lie side by side in the index, and few of its pages change.
 */
export function uidHash(uid: string): number {
  const text = uid.trim()
  const high = hash32(text.slice(0, Math.max(text.lastIndexOf('.'), 0))) >>> 8
  return high * 2 ** 24 + (hash32(text) >>> 8)
}
