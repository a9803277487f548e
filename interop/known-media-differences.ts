import type { KnownDifference } from './support/differences.ts'

/** Where the DICOMDIR of media sets differs from that of Debian's Orthanc 1.10.1, and why. */
export const knownMediaDifferences: readonly KnownDifference[] = [
  {
    kind: 'deliberate',
    title: 'Types of records in a DICOMDIR',
    explanation:
      'Orthanc makes a record IMAGE of every instance; Kingsfoil has the type that PS3.3 F.4 gives to the SOP class, with its keys, so that reports and documents are found as such.',
    route: /create-media/,
    path: /(IMAGE|SR DOCUMENT|ENCAP DOC) [0-9.]+$/,
  },
  {
    kind: 'deliberate',
    title: 'Letters in a DICOMDIR',
    explanation:
      'Orthanc drops letters beyond ASCII; Kingsfoil writes text in the character set of its instance.',
    route: /create-media/,
    path: /\/says\/(0010,0010|0008,1030)$/,
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII has them
    ours: /[^\x00-\x7f]/,
  },
  {
    kind: 'deliberate',
    title: 'Character sets in a DICOMDIR',
    explanation:
      'Orthanc declares that of the instance in each record; Kingsfoil where letters beyond ASCII need it (PS3.3 F.5: type 1C).',
    route: /create-media/,
    path: /\/says\/0008,0005$/,
    ours: /^undefined$/,
  },
  {
    kind: 'deliberate',
    title: 'Keys of a DICOMDIR that must not be empty',
    explanation:
      'Orthanc leaves out StudyID, SeriesNumber, InstanceNumber, Modality or the date of a study, or leaves them empty, where an instance lacks them; Kingsfoil counts, and writes `OT` and the time at which the set is made (PS3.3 F.5: type 1).',
    route: /create-media/,
    path: /\/says\/(0008,0020|0008,0030|0008,0060|0020,0010|0020,0011|0020,0013)$/,
    theirs: /^(undefined|"")$/,
  },
  {
    kind: 'deliberate',
    title: 'Extended DICOMDIR',
    explanation:
      'Besides SeriesDescription, Kingsfoil adds what viewers list and sort by: birth date, sex, referring physician, date, institution and body part of the series, and of images type, size, frames, position, orientation and frame of reference.',
    route: /-extended$/,
    path: /\/says\/(0010,0030|0010,0040|0008,0090|0008,0021|0008,0031|0008,0080|0018,0015|0008,0008|0020,0032|0020,0037|0020,0052|0028,0008|0028,0010|0028,0011)$/,
    theirs: /^undefined$/,
  },
]
