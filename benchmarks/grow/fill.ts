import { openForWriting } from '../../packages/server/src/catalog/sqlite/database.ts'
import { Session } from '../../packages/server/src/catalog/sqlite/session.ts'
import { writes } from '../../packages/server/src/catalog/sqlite/writes.ts'
import { type Population, populate } from './population.ts'

/** Instances in a transaction: as many as a busy server puts into one. */
const perTransaction = 256

/** Rows go in by the operation that serves uploads; only the files are missing. Tells how fast each tenth went. */
export function fill(path: string, population: Population, tell: (text: string) => void): void {
  const { database } = openForWriting(path)
  // The catalog is thrown away: nobody needs it to survive a power loss.
  database.exec('PRAGMA synchronous = OFF')
  const session = new Session(database)
  const tenth = Math.ceil(population.instances / 10)
  let count = 0
  let started = performance.now()
  session.begin()
  for (const instance of populate(population)) {
    if (writes.storeInstance(session, instance) !== 'Success')
      throw new Error(`${instance.ids.instance} is there already`)
    count++
    if (count % perTransaction === 0) {
      session.commit()
      session.begin()
    }
    if (count % tenth === 0) {
      const seconds = (performance.now() - started) / 1000
      tell(
        `${count.toLocaleString('en')} instances; the last ${tenth.toLocaleString('en')} at ${Math.round(tenth / seconds)} per s`,
      )
      started = performance.now()
    }
  }
  writes.settle(session)
  session.commit()
  session.close()
}
