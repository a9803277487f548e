import {
  type NewInstance,
  wholeRequest,
} from '../../packages/server/src/catalog/operations/store-instance.ts'
import { openForWriting } from '../../packages/server/src/catalog/sqlite/database.ts'
import { Session } from '../../packages/server/src/catalog/sqlite/session.ts'
import { writes } from '../../packages/server/src/catalog/sqlite/writes.ts'
import { formatDate } from '../../packages/server/src/model/clock.ts'
import { type Population, populate } from './population.ts'

/** Instances in a transaction: as many as a busy server puts into one. */
const perTransaction = 256

/** Rows go in by the operation that serves uploads; only the files are missing. Tells how fast each tenth went. */
export function fill(path: string, population: Population, tell: (text: string) => void): void {
  const tenth = Math.ceil(population.instances / 10)
  let started = performance.now()
  append(path, populate(population), (count) => {
    if (count % tenth !== 0) return
    const seconds = (performance.now() - started) / 1000
    tell(
      `${count.toLocaleString('en')} instances; the last ${tenth.toLocaleString('en')} at ${Math.round(tenth / seconds)} per s`,
    )
    started = performance.now()
  })
}

/** Instances that are there already stay as they are. */
export function append(
  path: string,
  instances: Iterable<NewInstance>,
  stored: (count: number) => void = () => undefined,
): void {
  const { database } = openForWriting(path)
  // The catalog is thrown away: nobody needs it to survive a power loss.
  database.exec('PRAGMA synchronous = OFF')
  const session = new Session(database)
  let count = 0
  session.begin()
  for (const instance of instances) {
    const outcome = writes.storeInstance(session, wholeRequest(instance))
    if (outcome !== 'Success' && outcome !== 'AlreadyStored') throw new Error(`An instance is ${outcome}`)
    count++
    if (count % perTransaction === 0) {
      session.commit()
      session.begin()
    }
    stored(count)
  }
  writes.settle(session)
  // As after a minute without uploads.
  const now = formatDate(Date.now())
  while (writes.recordStable(session, { until: now, date: now, limit: 10_000 }) > 0);
  session.commit()
  session.close()
}
