import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { encodePdu } from '../pdu/serializer.ts'
import { listen } from './listen.ts'
import { associateRequest, RawPeer } from './testing/raw-peer.ts'
import { associate, chunksOf, countBytes, ctOperation, signalled, startServer } from './testing/server.ts'

const timeouts = { closeTimeout: 50 }

describe('closing a server', () => {
  it('finishes and answers a running C-STORE, then ends the association', async (t) => {
    const started = signalled()
    const goOn = signalled()
    const lengths: number[] = []
    const server = await startServer(t, {
      handlers: {
        store: async ({ dataSet }) => {
          started.resolve()
          await goOn.promise
          lengths.push(await countBytes(dataSet))
          return 0
        },
      },
    })
    const association = await associate(t, server)
    const storing = association.store(ctOperation(chunksOf(100, 100_000)))
    await started.promise
    const closing = server.close()
    await assert.rejects(associate(t, server))
    goOn.resolve()
    assert.equal((await storing).status, 0)
    assert.deepEqual(lengths, [10_000_000])
    await closing
    await association.closed
    assert.equal(server.associationCount, 0)
  })

  it('aborts idle associations and closes connections without one', async (t) => {
    const server = await startServer(t, { timeouts })
    const idle = await RawPeer.associate(t, server)
    const silent = await RawPeer.connect(t, server)
    const closing = server.close()
    assert.deepEqual(await idle.next(), { type: 'A-ABORT', source: 0, reason: 0 })
    assert.deepEqual(await silent.next(), { type: 'closed' })
    await closing
    assert.deepEqual(await idle.next(), { type: 'closed' })
  })

  it('rejects requests that wait for the policy or for a place', async (t) => {
    const asked = signalled()
    const goOn = signalled()
    const server = await startServer(t, {
      timeouts,
      limits: { maxAssociations: 1 },
      accept: async () => {
        asked.resolve()
        await goOn.promise
        return { transferSyntaxesFor: () => ['1.2.840.10008.1.2'] }
      },
    })
    const first = await RawPeer.connect(t, server)
    first.send(encodePdu(associateRequest()))
    await asked.promise
    const waiting = await RawPeer.connect(t, server)
    waiting.send(encodePdu(associateRequest()))
    // Until the server has read the request: what it answers to a later one follows it.
    const probe = await RawPeer.connect(t, server)
    probe.send(encodePdu(associateRequest({ applicationContextName: '1.2' })))
    await probe.next()
    const closing = server.close()
    goOn.resolve()
    assert.equal((await first.next()).type, 'A-ASSOCIATE-AC')
    assert.equal((await first.next()).type, 'A-ABORT')
    assert.deepEqual(await waiting.next(), { type: 'A-ASSOCIATE-RJ', result: 2, source: 3, reason: 1 })
    await closing
  })

  it('may be asked for twice, and after an abort', async (t) => {
    const server = await startServer(t)
    await Promise.all([server.close(), server.close()])
    await server.abort()
    await server.close()
  })

  it('at once takes unfinished requests along', async (t) => {
    const aborted = signalled()
    const started = signalled()
    const server = await startServer(t, {
      handlers: {
        store: ({ signal }) => {
          signal.addEventListener('abort', () => aborted.resolve())
          started.resolve()
          return new Promise(() => {})
        },
      },
    })
    const association = await associate(t, server)
    const storing = assert.rejects(association.store(ctOperation(chunksOf(1, 10))))
    await started.promise
    await server.abort()
    await aborted.promise
    await storing
  })
})

describe('opening a server', () => {
  it('fails on a port in use', async (t) => {
    const server = await startServer(t)
    const options = { host: '127.0.0.1', port: server.port, handlers: {}, accept: () => assert.fail() }
    await assert.rejects(listen(options), { code: 'EADDRINUSE' })
  })

  it('leaves nothing behind after many connections', async (t) => {
    const server = await startServer(t)
    for (let count = 0; count < 300; count += 1) {
      const socket = connect({ host: '127.0.0.1', port: server.port })
      await once(socket, 'connect')
      if (count % 3 === 0) socket.write(encodePdu(associateRequest()))
      if (count % 3 === 1) socket.resetAndDestroy()
      else socket.destroy()
    }
    const association = await associate(t, server)
    assert.equal(await association.echo(), 0)
    for (let turn = 0; turn < 1000 && server.associationCount > 1; turn += 1) await setImmediate()
    assert.equal(server.associationCount, 1)
    await association.release()
  })
})
