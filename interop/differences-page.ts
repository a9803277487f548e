import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { knownDifferences } from './known-differences.ts'
import type { KnownDifference } from './support/differences.ts'
import { repository } from './support/servers.ts'

const file = join(repository, 'docs/differences.md')

const chapters: Readonly<Record<KnownDifference['kind'], string>> = {
  newer: "As Orthanc 1.12.11 does, which is Kingsfoil's model",
  deliberate: 'Otherwise on purpose',
  later: 'Not yet the same',
}

function chapter(kind: KnownDifference['kind']): string {
  const rows = knownDifferences
    .filter((known) => known.kind === kind)
    .map(({ title, explanation }) => `| ${title} | ${explanation.replaceAll('|', '\\|')} |`)
  return `## ${chapters[kind]}\n\n| What | Why |\n| --- | --- |\n${rows.join('\n')}\n`
}

/** docs/differences.md as it has to read. */
export const differencesPage = (): string => `# Differences from Orthanc

\`npm run interop\` sends the same files and requests to Kingsfoil and to Debian's Orthanc 1.10.1 and compares every
answer, value by value. These are all the differences. The page is written from interop/known-differences.ts by
\`node interop/differences-page.ts\`, and a test fails when it is not, when an answer differs in another way, or when a
difference listed here is gone.

${(Object.keys(chapters) as KnownDifference['kind'][]).map(chapter).join('\n')}`

export const writtenPage = (): string => readFileSync(file, 'utf8')

if (import.meta.main) writeFileSync(file, differencesPage())
