import type { Level } from './level.ts'

/** Tags by level, `gggg,eeee`, in ascending order. */
export type MainTags = Readonly<Record<Level, readonly string[]>>

/** The tags that every catalog keeps. */
export const mainTags: MainTags = {
  Patient: ['0010,0010', '0010,0020', '0010,0030', '0010,0040', '0010,1000'],
  Study: [
    '0008,0020',
    '0008,0030',
    '0008,0050',
    '0008,0080',
    '0008,0090',
    '0008,0201',
    '0008,1030',
    '0020,000d',
    '0020,0010',
    '0032,1032',
    '0032,1060',
  ],
  Series: [
    '0008,0021',
    '0008,0031',
    '0008,0060',
    '0008,0070',
    '0008,0201',
    '0008,1010',
    '0008,103e',
    '0008,1070',
    '0018,0010',
    '0018,0015',
    '0018,0024',
    '0018,1030',
    '0018,1090',
    '0018,1400',
    '0020,000e',
    '0020,0011',
    '0020,0037',
    '0020,0105',
    '0020,1002',
    '0040,0244',
    '0040,0245',
    '0040,0254',
    '0040,0275',
    '0054,0081',
    '0054,0101',
    '0054,1000',
  ],
  Instance: [
    '0008,0012',
    '0008,0013',
    '0008,0018',
    '0020,0012',
    '0020,0013',
    '0020,0032',
    '0020,0037',
    '0020,0100',
    '0020,4000',
    '0028,0008',
    '0054,1330',
  ],
}

/** Names, to later readers of the catalog, the tags that a row was made with. */
export const mainTagsSignature = (level: Level, tags: MainTags = mainTags): string => tags[level].join(';')

/** The tags of every catalog and some more. */
export function extendMainTags(extra: Partial<MainTags>): MainTags {
  const extended = (level: Level) => [...new Set([...mainTags[level], ...(extra[level] ?? [])])].sort()
  return {
    Patient: extended('Patient'),
    Study: extended('Study'),
    Series: extended('Series'),
    Instance: extended('Instance'),
  }
}
