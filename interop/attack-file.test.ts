import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { hostileFiles } from './support/hostile-files.ts'
import { post } from './support/http.ts'
import { Client, listInstances } from './support/instances.ts'
import { processorMs, watchMemory } from './support/processes.ts'
import { readEverything, readLists } from './support/routes.ts'
import { storeFile } from './support/scu.ts'
import { serverUnderTest, skipWithoutServer, startServer, temporaryFolder } from './support/servers.ts'

const folder = temporaryFolder('attack-file')
/** For an answer: of the server's processor time, as a machine may be busy with others, and by the clock. */
const slowMs = { processor: 2000, clock: 20_000 }
/** An answer that is itself large may take longer. */
const bytesPerMs = 50_000
/**
 * That one file, sent twice and read by every route, may add to the resident memory: what is in use at a time is a
 * fraction of it, the rest is what V8 lets lie until it collects.
 */
const memoryBytes = 600e6

after(() => folder.remove())

/** Times since it was called last, in milliseconds. */
function stopwatch(pid: number): () => { readonly processor: number; readonly clock: number } {
  let [processorBefore, clockBefore] = [processorMs(pid), performance.now()]
  return () => {
    const [processorNow, clockNow] = [processorMs(pid), performance.now()]
    const lap = { processor: processorNow - processorBefore, clock: clockNow - clockBefore }
    ;[processorBefore, clockBefore] = [processorNow, clockNow]
    return lap
  }
}

/** Files that are neither the server's own nor a stored instance. */
const strays = (storage: string) =>
  readdirSync(storage, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(storage.length + 1))
    .filter(
      (path) =>
        !/^([0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f-]{36}|reserved\/[0-9a-f-]+|[a-z-]+(\.[a-z]+)?(-wal|-shm|-journal)?)$/.test(
          path,
        ),
    )

test('hostile files', { skip: skipWithoutServer(), timeout: 240_000 }, async (t) => {
  let server = await startServer(serverUnderTest, { folder: folder.path })
  t.after(() => server.kill())

  for (const { name, bytes } of hostileFiles) {
    await t.test(name, async (t) => {
      if (!server.isAlive()) server = await startServer(serverUnderTest, { folder: folder.path })
      const client = new Client(server.httpPort)
      t.after(() => client.close())
      const file = await bytes()
      const before = new Set(await listInstances(server.httpPort))
      const memoryBefore = server.residentBytes()
      const memory = watchMemory(server.pid)
      const complaints: string[] = []
      const lap = stopwatch(server.pid)
      const timed = (what: string, bytes = 0): string => {
        assert.equal(server.isAlive(), true, `the server ended: ${what}`)
        const { processor, clock } = lap()
        const took = `${what} took ${clock.toFixed(0)} ms, ${processor} of the processor`
        const isSlow = processor > slowMs.processor + bytes / bytesPerMs || clock > slowMs.clock
        if (isSlow) complaints.push(took)
        return took
      }
      const answer = await post(server.httpPort, '/instances', file)
      const posted = timed(`POST ${answer.status}`)
      const status = await storeFile(server.dicomPort, file)
      const shown = typeof status === 'number' ? status.toString(16).padStart(4, '0') : status
      const sent = timed(`C-STORE ${shown}`)
      const stored = (await listInstances(server.httpPort)).filter((id) => !before.has(id))
      for (const id of stored) {
        await readEverything(client, id, (path, answer) => {
          if (answer.status >= 500)
            complaints.push(`${path}: ${answer.status} ${answer.body.toString('utf8', 0, 200)}`)
          timed(path, answer.body.length)
        })
      }
      const peak = memory.stop()
      t.diagnostic(`${posted}, ${sent}, ${(peak / 1e6).toFixed(0)} MB`)
      assert.equal(server.isAlive(), true, 'the server ended')
      assert.deepEqual(complaints.slice(0, 10), [])
      assert.equal(answer.status === 200 || answer.status === 400, true, `POST answers ${answer.status}`)
      assert.equal(peak - memoryBefore < memoryBytes, true, `${peak - memoryBefore} bytes more resident`)
    })
  }

  await t.test('nothing lies where it should not, and all lists answer', async (t) => {
    assert.equal(existsSync('/tmp/kingsfoil-was-here'), false)
    if (serverUnderTest === 'kingsfoil') assert.deepEqual(strays(server.storage), [])
    const client = new Client(server.httpPort)
    t.after(() => client.close())
    await readLists(client, (path, answer) => assert.equal(answer.status, 200, path))
    assert.equal((await server.stop()).signal, null)
  })
})
