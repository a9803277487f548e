import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { post } from './support/http.ts'
import { Client, forEach, listInstances } from './support/instances.ts'
import { watchMemory } from './support/processes.ts'
import { readEverything, readLists } from './support/routes.ts'
import { storeFile } from './support/scu.ts'
import {
  serverUnderTest,
  sharedFolder,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'

const source = join(sharedFolder, 'malformed')
const folder = temporaryFolder('malformed')
const skip = skipWithoutServer() || (!existsSync(source) && 'no ../shared/malformed')
const slowMs = 2000
const memoryBytes = 400e6

after(() => folder.remove())

const filesOf = () =>
  readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dcm'))
    .sort()

test('malformed files: no crash, no 5xx, no slow answer, bounded memory', {
  skip,
  timeout: 120_000,
}, async (t) => {
  const server = await startServer(serverUnderTest, {
    folder: folder.path,
    config: { UnknownSopClassAccepted: true },
  })
  t.after(() => server.kill())
  const memory = watchMemory(server.pid)
  const outcomes = new Map<string, number>()
  const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  const complaints: string[] = []

  await t.test('by POST', async () => {
    await forEach(filesOf(), 2, async (name) => {
      assert.equal(server.isAlive(), true, `the server ended before ${name}`)
      const answer = await post(server.httpPort, '/instances', readFileSync(join(source, name)))
      count(`HTTP ${answer.status}`)
      if (answer.status !== 200 && answer.status !== 400) complaints.push(`${name}: ${answer.status}`)
      if (answer.ms > slowMs) complaints.push(`${name}: POST took ${answer.ms} ms`)
    })
    assert.deepEqual(complaints.slice(0, 20), [])
  })

  await t.test('by C-STORE', async () => {
    await forEach(filesOf(), 2, async (name) => {
      assert.equal(server.isAlive(), true, `the server ended before ${name}`)
      const started = performance.now()
      const status = await storeFile(server.dicomPort, readFileSync(join(source, name)))
      count(
        typeof status === 'number' ? `C-STORE ${status.toString(16).padStart(4, '0')}` : `C-STORE ${status}`,
      )
      if (performance.now() - started > slowMs)
        complaints.push(`${name}: C-STORE took ${performance.now() - started} ms`)
    })
    assert.deepEqual(complaints.slice(0, 20), [])
  })

  await t.test('read back by every route', async () => {
    const client = new Client(server.httpPort)
    const listed = await listInstances(server.httpPort)
    let requests = 0
    await forEach(listed, 2, (id) =>
      readEverything(client, id, (path, answer) => {
        requests++
        if (answer.status >= 500)
          complaints.push(`${path}: ${answer.status} ${answer.body.toString('utf8', 0, 200)}`)
        if (answer.ms > slowMs) complaints.push(`${path} took ${answer.ms.toFixed(0)} ms`)
      }),
    )
    await readLists(client, (path, answer) => {
      if (answer.status >= 500) complaints.push(`${path}: ${answer.status}`)
      if (answer.ms > slowMs) complaints.push(`${path} took ${answer.ms.toFixed(0)} ms`)
    })
    client.close()
    t.diagnostic(`${listed.length} instances stored, ${requests} requests`)
    assert.deepEqual(complaints.slice(0, 20), [])
  })

  const peak = memory.stop()
  t.diagnostic(
    [...outcomes]
      .sort()
      .map(([outcome, times]) => `${outcome}: ${times}`)
      .join(', '),
  )
  t.diagnostic(`largest resident memory ${(peak / 1e6).toFixed(0)} MB`)
  assert.equal(server.isAlive(), true)
  assert.equal(peak < memoryBytes, true, `${peak} bytes resident`)
  assert.equal((await server.stop()).signal, null)
})
