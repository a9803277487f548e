import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { knownDifferences } from './known-differences.ts'
import { knownFindDifferences } from './known-find-differences.ts'
import { knownMediaDifferences } from './known-media-differences.ts'
import type { KnownDifference } from './support/differences.ts'
import { repository } from './support/servers.ts'

const file = join(repository, 'docs/differences.md')

const chapters: Readonly<Record<KnownDifference['kind'], string>> = {
  newer: "As Orthanc 1.12.11 does, which is Kingsfoil's model",
  deliberate: 'Otherwise on purpose',
  later: 'Not yet the same',
}

function chapter(kind: KnownDifference['kind']): string {
  const rows = [...knownDifferences, ...knownFindDifferences, ...knownMediaDifferences]
    .filter((known) => known.kind === kind)
    .map(({ title, explanation }) => `| ${title} | ${explanation.replaceAll('|', '\\|')} |`)
  return `## ${chapters[kind]}\n\n| What | Why |\n| --- | --- |\n${rows.join('\n')}\n`
}

/** docs/differences.md as it has to read. */
export const differencesPage = (): string => `# Differences from Orthanc

\`npm run interop\` sends the same files and requests to Kingsfoil and to Debian's Orthanc 1.10.1 and compares every
answer, value by value. These are all the differences. The page is written from interop/known-*differences.ts by
\`node interop/differences-page.ts\`, and a test fails when it is not, when an answer differs in another way, or when a
difference listed here is gone.

${(Object.keys(chapters) as KnownDifference['kind'][]).map(chapter).join('\n')}
## Beyond what the comparison sees

| What | Why |
| --- | --- |
| \`MaximumPduLength\` is 131072 by default | Orthanc's 16384 makes senders wait: with DCMTK as Debian ships it, for 45 ms with each instance. |
| A caller who may not store gets its contexts refused | Orthanc aborts the association; a refusal tells the caller what is wrong. |
| A lost catalog stops the start | Nothing tells an abandoned file from one whose row was lost; \`kingsfoil rebuild\` makes the rows again. |
| An instance without InstanceNumber makes its series inconsistent | Orthanc passes over it, and may call the series complete. |
| Jobs survive restarts and crashes in the state they had | Orthanc saves its jobs every 10 seconds, forgets archives, and begins running jobs anew from what was saved. |
| Archives can be resubmitted | They are made again from what is stored. Orthanc answers 500. |
| An archive that is sent while it is made takes no slot of \`ConcurrentJobs\`, and can be cancelled but not paused | A slow client must not hold up the jobs of others; nobody can be told to wait in the middle of an answer. |
| An instance that a store job was given twice is sent once | It is the same instance. |
| Every warning of C-STORE (Bxxx and those of PS3.7 C.3) means that the instance is stored | Orthanc knows three of them, and fails with others. |
| AE titles of more than 16 characters are refused | PS3.5 has no longer ones; Orthanc 1.13 refuses them, too. |
| \`/exports\` has a resource when an instance of it was sent | Orthanc has it when it was asked for, whether anything was sent or not. |
| Associations for C-STORE are kept for \`DicomAssociationCloseDelay\` seconds and shared | Routing sends instances one by one; Orthanc keeps associations of its Lua scripts alone. |
| \`store-straight\` encodes anew for peers that take another uncompressed transfer syntax | Orthanc sends the file as it is or not at all. |
| Asynchronous jobs that send are tried again, up to three times | A modality that was switched off for a moment is no reason to fail. A synchronous call fails at once, as with Orthanc. |
| \`Transcode\` reaches Implicit and Explicit VR Little Endian, from what is not compressed | There are no codecs yet; other files stay as they are, as with Orthanc where it cannot transcode. |
| \`UserData\` of archives may be any JSON | Orthanc keeps texts alone. |
| An instance that cannot be read is left out of an archive only as long as none of it was sent | An archive with half a file would look whole; the connection is cut, and the job fails. |
| Jobs that had not ended fail when the server starts with \`--no-jobs\` or without \`SaveJobs\` | They stay in the list and can be resubmitted; Orthanc drops them. |
| In a DICOMDIR, a study without PatientID is a patient of its own | Nothing says that two such studies are of the same person; Orthanc takes them together. |
| Files of a media set have a preamble and file meta information | PS3.10 asks for both; what is stored without them gets them on its way, and else stays as it is. |
| Names in archives are those of 1.12.11 | Orthanc 1.10.1 leaves out all but letters, digits, dots and underscores, and counts the files of a series. |
| Names in archives made of dots alone are unknown, names are cut at 240 bytes, nothing invisible is in them | They would be paths to elsewhere, or no file system would take them. |
| Files in archives have the time at which they were received, in UTC | Orthanc tells when the archive was made. Here an archive that is not compressed has the same bytes whenever it is made, so a download can go on. |
| UIDs of more than 256 characters are refused | Orthanc takes them for absent. A PatientID keeps its full length in the resource id. |
| A request with a foreign \`Host\` or \`Origin\` is refused (403) | While remote access is off, web pages must not reach the server through the user's browser. |
`

export const writtenPage = (): string => readFileSync(file, 'utf8')

if (import.meta.main) writeFileSync(file, differencesPage())
