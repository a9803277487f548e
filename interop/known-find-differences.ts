import type { KnownDifference } from './support/differences.ts'

/** Where searches differ from Debian's Orthanc 1.10.1, and why. */
export const knownFindDifferences: readonly KnownDifference[] = [
  {
    kind: 'newer',
    title: 'Members of what searches find',
    explanation: 'Orthanc has `Labels` since 1.12.0 and `IsProtected` of patients since 1.12.8.',
    route: /^POST \/tools\/find, Expand$/,
    path: /\/(Labels|IsProtected)$/,
    theirs: /^undefined$/,
  },
  {
    kind: 'deliberate',
    title: '`FileUuid` in what searches find',
    explanation: 'Both servers name their files by random UUIDs.',
    route: /^POST \/tools\/find, Expand$/,
    path: /\/FileUuid$/,
  },
  {
    kind: 'deliberate',
    title: 'An unknown tag in a search',
    explanation:
      'Orthanc answers 500 with code 27; Kingsfoil 400 with the same code: the request is at fault.',
    route: /^POST \/tools\/find$/,
    path: /^status$/,
    ours: /^400$/,
    theirs: /^500$/,
    subject: /Nonsense/,
  },
  {
    kind: 'deliberate',
    title: 'Members of the wrong type in a search',
    explanation: 'Orthanc answers 500 with code -1 to some; Kingsfoil 400 with code 8, as it does to all.',
    route: /^POST \/tools\/find$/,
    path: /^(status|code)$/,
    theirs: /^(500|-1)$/,
    subject: /"Query":\[\]|"Expand":"x"/,
  },
  {
    kind: 'deliberate',
    title: 'POST /tools/lookup with `*` or `?`',
    explanation: 'Orthanc answers 400. A PatientID may have these characters, and is found by them.',
    route: /^POST \/tools\/lookup$/,
    path: /^$/,
    theirs: /^400$/,
    subject: /\*/,
  },
]
