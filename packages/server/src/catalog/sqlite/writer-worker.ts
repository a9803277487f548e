import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { openForWriting } from './database.ts'
import { resultCodeOf } from './full-disk.ts'
import { Session } from './session.ts'
import { createCheckpoint, extendLog } from './write-ahead-log.ts'
import { type WriteFailure, type WriteReply, type WriteRequest, writes } from './writes.ts'

/** Requests in one transaction at the most, so that none waits long for the others. */
const maxGroup = 256

if (parentPort === null) throw new Error('This file is the body of a worker thread')
const port = parentPort
const { database, isSettled } = openForWriting(String(workerData))
const session = new Session(database)
const checkpoint = createCheckpoint(database)

/** All that waits goes into one transaction and one sync; each is answered after it. */
port.on('message', (first: readonly WriteRequest[] | 'close') => {
  const group: WriteRequest[] = []
  let message: readonly WriteRequest[] | 'close' | undefined = first
  while (message !== undefined && message !== 'close') {
    group.push(...message)
    message = group.length < maxGroup ? receiveMessageOnPort(port)?.message : undefined
  }
  if (group.length > 0) {
    port.postMessage(commitGroup(group))
    checkpoint()
  }
  if (message === 'close') {
    session.close()
    port.close()
  }
})
port.postMessage({ isSettled })
extendLog(String(workerData))

/** When one request fails the group is undone, and each request gets a transaction of its own. */
function commitGroup(group: readonly WriteRequest[]): readonly WriteReply[] {
  try {
    return commit(group)
  } catch (error) {
    const [only] = group
    if (group.length === 1 && only !== undefined) return [{ id: only.id, failure: describe(error) }]
    return group.flatMap((request) => commitGroup([request]))
  }
}

function commit(group: readonly WriteRequest[]): readonly WriteReply[] {
  session.begin()
  try {
    const replies = group.map(({ id, name, input }) => ({ id, result: perform(name, input) }))
    session.commit()
    return replies
  } catch (error) {
    session.rollback()
    throw error
  }
}

function perform(name: WriteRequest['name'], input: unknown): unknown {
  // The name and the input were paired by the typed side of the channel (Writer.run).
  const operation = writes[name] as (session: Session, input: unknown) => unknown
  return operation(session, input)
}

function describe(error: unknown): WriteFailure {
  if (!(error instanceof Error)) return { message: String(error), code: undefined }
  return { message: error.message, code: resultCodeOf(error) }
}
