import { createHash } from 'node:crypto'
import { closeSync, constants, fsyncSync, mkdirSync, openSync, write } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isMainThread, type MessagePort, parentPort, receiveMessageOnPort, Worker } from 'node:worker_threads'

/**
 * The least that a Node server can do to store what is posted: receive it, hash it, write and sync a file, insert and
 * sync one row of one table, answer. It looks at no byte. Two threads besides Node's own: one hashes, one inserts.
 */
const [folder = '.', port = '0'] = process.argv.slice(2)

/** Bytes of the largest body. */
const bufferBytes = 1 << 20
/** Bodies received at a time. */
const bufferCount = 16
/** Bodies above are hashed in the other thread, and written past the system's cache in multiples of a sector. */
const [smallBytes, sectorBytes] = [64 * 1024, 4096]
/** Files made at a time, and sharing the sync of their directory. */
const batch = 500

/** Of `WebAssembly`, which the types of Node leave out: memory that is aligned as direct writes want it. */
declare const WebAssembly: {
  readonly Memory: new (pages: {
    readonly initial: number
    readonly maximum: number
    readonly shared: true
  }) => { readonly buffer: SharedArrayBuffer }
}

type Row = readonly [id: number, path: string, md5: string, size: number]

interface Slot {
  readonly path: string
  /** Writes to the first sync, those to the second pass by the cache. */
  readonly fd: number
  readonly direct: number
}

function startThread(name: 'hash' | 'rows'): Worker {
  const worker = new Worker(new URL(import.meta.url), { argv: [folder], name })
  worker.postMessage(name)
  return worker
}

/** Calls to a thread that answers each message by the list of the calls that are done. */
function callsTo(worker: Worker, post: (call: unknown) => void) {
  const waiting = new Map<number, (result: unknown) => void>()
  let last = 0
  worker.on('message', (done: readonly (readonly [number, unknown])[]) => {
    for (const [id, result] of done) {
      waiting.get(id)?.(result)
      waiting.delete(id)
    }
  })
  return (...call: readonly unknown[]) =>
    new Promise<unknown>((resolve) => {
      last += 1
      waiting.set(last, resolve)
      post([last, ...call])
    })
}

const slots: Slot[] = []
let batches = 0

function takeSlot(): Slot {
  const slot = slots.pop()
  if (slot !== undefined) return slot
  const directory = join(folder, String(++batches))
  mkdirSync(directory)
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_DSYNC
  for (let number = 0; number < batch; number++) {
    const path = join(directory, String(number))
    const fd = openSync(path, flags, 0o644)
    slots.push({ path, fd, direct: openSync(path, constants.O_WRONLY | constants.O_DIRECT) })
  }
  const fd = openSync(directory, 'r')
  fsyncSync(fd)
  closeSync(fd)
  return takeSlot()
}

const writePart = (fd: number, bytes: Uint8Array, start: number, end: number) =>
  new Promise<void>((resolve, reject) => {
    if (start === end) resolve()
    else write(fd, bytes, start, end - start, start, (error) => (error ? reject(error) : resolve()))
  })

function serve(): void {
  const pages = (bufferCount * bufferBytes) / (64 * 1024)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer
  const free = Array.from({ length: bufferCount }, (_, index) =>
    Buffer.from(memory, index * bufferBytes, bufferBytes),
  )
  const hasher = startThread('hash')
  hasher.postMessage(memory)
  const hashAside = callsTo(hasher, (call) => hasher.postMessage(call))
  const inserter = startThread('rows')
  let unsent: unknown[] = []
  const insert = callsTo(inserter, (call) => {
    if (unsent.push(call) > 1) return
    setImmediate(() => {
      inserter.postMessage(unsent)
      unsent = []
    })
  })
  const store = async (bytes: Buffer, size: number): Promise<string> => {
    const slot = takeSlot()
    const isSmall = size <= smallBytes
    const hashing = isSmall ? undefined : hashAside(bytes.byteOffset, size)
    const middle = isSmall ? 0 : size - (size % sectorBytes)
    await writePart(slot.direct, bytes, 0, middle)
    await writePart(slot.fd, bytes, middle, size)
    const md5 = String((await hashing) ?? createHash('md5').update(bytes.subarray(0, size)).digest('hex'))
    closeSync(slot.fd)
    closeSync(slot.direct)
    await insert(slot.path, md5, size)
    return md5
  }
  const answer = (response: ServerResponse, text: string): void => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length }).end(text)
  }
  const receive = (request: IncomingMessage, response: ServerResponse): void => {
    const bytes = free.pop()
    if (bytes === undefined) throw new Error(`more than ${bufferCount} clients`)
    let size = 0
    request.on('data', (chunk: Buffer) => {
      bytes.fill(chunk, size, size + chunk.length)
      size += chunk.length
    })
    request.on('end', async () => {
      const id = await store(bytes, size)
      free.push(bytes)
      answer(response, JSON.stringify({ ID: id }))
    })
  }
  createServer((request, response) => {
    if (request.method === 'POST') receive(request, response)
    else answer(response, '{}')
  }).listen(Number(port), '127.0.0.1')
}

function hash(from: MessagePort): void {
  from.once('message', (memory: SharedArrayBuffer) => {
    from.on('message', ([id, start, size]: readonly [number, number, number]) => {
      const md5 = createHash('md5')
        .update(Buffer.from(memory, start, size))
        .digest('hex')
      from.postMessage([[id, md5]])
    })
  })
}

/** All that waits goes into one transaction. */
function insertRows(from: MessagePort): void {
  const database = new DatabaseSync(join(folder, 'rows.sqlite'))
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE files (key INTEGER PRIMARY KEY, path TEXT, md5 TEXT, size INTEGER)`)
  const statement = database.prepare('INSERT INTO files (path, md5, size) VALUES (?, ?, ?)')
  from.on('message', (first: readonly Row[]) => {
    const rows: Row[] = [...first]
    for (;;) {
      const more = receiveMessageOnPort(from)
      if (more === undefined) break
      rows.push(...(more.message as readonly Row[]))
    }
    database.exec('BEGIN')
    for (const [, path, md5, size] of rows) statement.run(path, md5, size)
    database.exec('COMMIT')
    from.postMessage(rows.map(([id]) => [id, undefined]))
  })
}

if (isMainThread) serve()
else if (parentPort !== null) {
  const from = parentPort
  from.once('message', (name: 'hash' | 'rows') => (name === 'hash' ? hash(from) : insertRows(from)))
}
