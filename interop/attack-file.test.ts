import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { hostileFiles } from './support/hostile-files.ts'
import { post } from './support/http.ts'
import { Client, listInstances } from './support/instances.ts'
import { watchMemory } from './support/processes.ts'
import { readEverything, readLists } from './support/routes.ts'
import { storeFile } from './support/scu.ts'
import { serverUnderTest, skipWithoutServer, startServer, temporaryFolder } from './support/servers.ts'

const folder = temporaryFolder('attack-file')
const slowMs = 2000
/** An answer that is itself large may take longer. */
const bytesPerMs = 50_000
/**
 * That one file, sent twice and read by every route, may add to the resident memory: what is in use at a time is a
 * fraction of it, the rest is what V8 lets lie until it collects.
 */
const memoryBytes = 600e6

after(() => folder.remove())

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
      const answer = await post(server.httpPort, '/instances', file)
      const started = performance.now()
      const status = await storeFile(server.dicomPort, file)
      const storeMs = performance.now() - started
      const complaints: string[] = []
      const stored = (await listInstances(server.httpPort)).filter((id) => !before.has(id))
      for (const id of stored) {
        await readEverything(client, id, (path, answer) => {
          if (answer.status >= 500)
            complaints.push(`${path}: ${answer.status} ${answer.body.toString('utf8', 0, 200)}`)
          if (answer.ms > slowMs + answer.body.length / bytesPerMs)
            complaints.push(`${path} took ${answer.ms.toFixed(0)} ms`)
        })
      }
      const peak = memory.stop()
      const shown = typeof status === 'number' ? status.toString(16).padStart(4, '0') : status
      t.diagnostic(
        `POST ${answer.status} in ${answer.ms.toFixed(0)} ms, C-STORE ${shown} in ${storeMs.toFixed(0)} ms, ${(peak / 1e6).toFixed(0)} MB`,
      )
      assert.equal(server.isAlive(), true, 'the server ended')
      assert.deepEqual(complaints.slice(0, 10), [])
      assert.equal(answer.status === 200 || answer.status === 400, true, `POST answers ${answer.status}`)
      assert.equal(
        answer.ms < slowMs && storeMs < slowMs,
        true,
        `POST took ${answer.ms} ms, C-STORE ${storeMs} ms`,
      )
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
