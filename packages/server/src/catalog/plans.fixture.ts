import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { resourceIds } from '../model/resource-id.ts'
import { openForWriting } from './sqlite/database.ts'
import { Session } from './sqlite/session.ts'

/** Tables of one row, and lists of values. */
const harmless = [
  // An index that holds nothing but the rows looked for.
  /^SCAN \w+ USING (COVERING )?INDEX \w+_unstable$/,
  // Of what the configuration keeps, and no more.
  /^SCAN \w+ USING (COVERING )?INDEX (job_outputs_by_use|jobs_by_completion)$/,
  /^SCAN totals$/,
  /^SCAN sqlite_sequence$/,
  /^SCAN json_each/,
  /^SCAN CONSTANT ROW$/,
  // What a subquery gave, whose own plan is checked too.
  /^SCAN \(subquery-\d+\)$/,
  // What the planner always says of a virtual table; it is looked up by rowid (=) or by words (M).
  /^SCAN \w+_words VIRTUAL TABLE INDEX \d+:[=M]/,
]

/** Studies of one patient, with one instance each. */
export function exampleInstance(serial = 1) {
  return {
    ids: resourceIds({
      patientId: 'P',
      studyInstanceUid: `1.${serial}`,
      seriesInstanceUid: `2.${serial}`,
      sopInstanceUid: `3.${serial}`,
    }),
    tags: {
      Patient: { '0010,0010': 'Doe^John', '0010,0020': 'P' },
      Study: { '0008,0020': '20260101', '0020,000d': `1.${serial}` },
      Series: { '0008,0060': 'CT', '0020,000e': `2.${serial}` },
      Instance: { '0008,0018': `3.${serial}` },
    },
    metadata: { Patient: {}, Study: {}, Series: { 4: '1' }, Instance: { 1: '1', 9: '1.2', 10: '1.3' } },
    file: { blobKey: randomUUID(), size: 1, md5: '00' },
    date: '20260101T000000',
    overwrite: true,
  }
}

/** Calls `use` with a session on an empty catalog. Gives the plan of every statement that it ran. */
export async function plansOf(
  use: (session: Session) => void,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-plans-'))
  const { database } = openForWriting(join(folder, 'catalog.sqlite'))
  const statements = new Set<string>()
  const recorder = {
    isOpen: true,
    isTransaction: false,
    exec: (sql: string) => database.exec(sql),
    close: () => database.close(),
    prepare: (sql: string) => {
      statements.add(sql)
      return database.prepare(sql)
    },
  }
  use(new Session(recorder as unknown as DatabaseSync))
  const planOf = (sql: string) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((row) => String(row.detail))
  const plans = new Map([...statements].map((sql) => [sql, planOf(sql)]))
  database.close()
  await rm(folder, { recursive: true })
  return plans
}

/** No statement that `use` runs on an empty catalog may read a table from end to end. */
export async function assertNoScans(leastStatements: number, use: (session: Session) => void): Promise<void> {
  const plans = await plansOf(use)
  assert.ok(plans.size >= leastStatements, `${plans.size} statements were seen`)
  for (const [sql, plan] of plans) {
    const scans = plan.filter((line) => line.startsWith('SCAN') && !harmless.some((each) => each.test(line)))
    assert.deepEqual(scans, [], sql)
  }
}
