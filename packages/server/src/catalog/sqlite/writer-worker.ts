import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { CommitCount } from './commit-count.ts'
import { openForWriting } from './database.ts'
import { resultCodeOf } from './full-disk.ts'
import { Session } from './session.ts'
import { createCheckpoint, extendLog } from './write-ahead-log.ts'
import {
  gateStates,
  type WriteFailure,
  type WriteReply,
  type WriteRequest,
  type WriterData,
  writes,
} from './writes.ts'

/** Requests in one transaction at the most, so that none waits long for the others. */
const maxGroup = 256

if (parentPort === null) throw new Error('This file is the body of a worker thread')
const port = parentPort
const { path, gate, commits } = workerData as WriterData
const commitCount = new CommitCount(commits)
const { database, isSettled } = openForWriting(path)
const session = new Session(database)
const checkpoint = createCheckpoint(database)

type Message = readonly WriteRequest[] | 'close'

let isClosing = false

/** The first message, those that wait behind it, and those that arrive while they, or a gate, take their time. */
function* waiting(first: Message): Generator<readonly WriteRequest[]> {
  let message: Message | undefined = first
  let isGated = false
  let taken = 0
  while (message !== undefined && message !== 'close') {
    yield message
    taken += message.length
    isGated ||= message[0]?.isGated === true
    message = taken < maxGroup ? receiveMessageOnPort(port)?.message : undefined
    if (message === undefined && isGated) {
      isGateOpened()
      isGated = false
      message = receiveMessageOnPort(port)?.message
    }
  }
  isClosing = message === 'close'
}

/** Waits until that is known. */
function isGateOpened(): boolean {
  Atomics.wait(gate, 0, gateStates.closed)
  return Atomics.load(gate, 0) === gateStates.open
}

/** All of that goes into one transaction and one sync; each request is answered after it. */
port.on('message', (first: Message) => {
  const replies = commitGroup(waiting(first))
  if (replies.length > 0) {
    port.postMessage(replies)
    checkpoint()
  }
  if (isClosing) {
    session.close()
    port.close()
  }
})
port.postMessage({ isSettled })
extendLog(path)

/** When one request fails the group is undone, and each request gets a transaction of its own. */
function commitGroup(messages: Iterable<readonly WriteRequest[]>): readonly WriteReply[] {
  const taken: WriteRequest[] = []
  try {
    return commit(messages, taken)
  } catch (error) {
    const [only] = taken
    if (taken.length === 1 && only !== undefined) return [{ id: only.id, failure: describe(error) }]
    return taken.flatMap((request) => commitGroup([[request]]))
  }
}

/** What it takes of the messages it adds to `taken`, also when it fails. */
function commit(messages: Iterable<readonly WriteRequest[]>, taken: WriteRequest[]): readonly WriteReply[] {
  const replies: WriteReply[] = []
  try {
    for (const message of messages) {
      const isFirst = taken.length === 0
      taken.push(...message)
      if (isFirst) session.begin()
      for (const { id, name, input } of message) replies.push({ id, result: perform(name, input) })
    }
    if (taken.some(({ isGated }) => isGated) && !isGateOpened()) throw new Error('The gate stays closed')
    if (taken.length > 0) commitCount.during(() => session.commit())
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
