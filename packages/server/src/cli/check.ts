import type { Finding } from '../resources/check-storage.ts'
import type { OpenedStorage, Terminal } from './application.ts'

/** Prints every finding; 1 when there is one that costs data or the catalog's truth. */
export async function runCheck(storage: OpenedStorage, verify: boolean, terminal: Terminal): Promise<number> {
  const counts = { missing: 0, corrupt: 0, orphan: 0 }
  for await (const finding of storage.check({ verify })) {
    counts[finding.kind] += 1
    terminal.out(`${finding.kind}: ${describe(finding)}`)
  }
  const { missing, corrupt, orphan } = counts
  terminal.err(`${missing} files are missing, ${corrupt} corrupt, ${orphan} without a row in the catalog`)
  return missing + corrupt + orphan === 0 ? 0 : 1
}

function describe(finding: Finding): string {
  if (finding.kind === 'orphan') return `file ${finding.blobKey} of ${finding.size} bytes`
  const details = finding.kind === 'corrupt' ? ` (${finding.details})` : ''
  return `${finding.level.toLowerCase()} ${finding.resourceId}, file ${finding.blobKey}${details}`
}
