import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AssociationInfo } from '../association/association-info.ts'
import { AssociationError, DimseStatusError } from '../dimse/dimse-error.ts'
import { rejectReasons } from '../pdu/reasons.ts'
import type { StoreRequest } from '../services/storage.ts'
import { AssociationRejectedError } from './association.ts'
import { connect } from './connect.ts'
import {
  associate,
  chunksOf,
  countBytes,
  ctImageStorage,
  ctOperation,
  explicitLittleEndian,
  implicitLittleEndian,
  signalled,
  startServer,
  verification,
} from './testing/server.ts'

describe('our SCU against our SCP', () => {
  it('verifies and releases', async (t) => {
    const ends: unknown[] = []
    const ended = signalled()
    const server = await startServer(t, {
      observer: {
        ended: (_info, error) => {
          ends.push(error)
          ended.resolve()
        },
      },
    })
    const association = await associate(t, server)
    assert.equal(await association.echo(), 0)
    assert.equal(await association.echo(), 0)
    await association.release()
    await ended.promise
    assert.deepEqual(ends, [undefined])
    assert.equal(server.associationCount, 0)
    await assert.rejects(association.echo(), AssociationError)
  })

  it('knows the peer on both sides', async (t) => {
    const accepted = signalled<AssociationInfo>()
    const server = await startServer(t, { maxPduLength: 32768, observer: { accepted: accepted.resolve } })
    const association = await associate(t, server, { maxPduLength: 65536 })
    const info = await accepted.promise
    assert.equal(info.callingAeTitle, 'SCU')
    assert.equal(info.calledAeTitle, 'SCP')
    assert.equal(info.remoteAddress, '127.0.0.1')
    assert.equal(info.peerMaximumLength, 65536)
    assert.equal(association.info.peerMaximumLength, 32768)
    assert.equal(association.info.isRequestor, true)
    assert.deepEqual([...info.contexts.values()], [...association.info.contexts.values()])
    assert.deepEqual(
      [...info.contexts.values()].map(({ id, transferSyntax }) => [id, transferSyntax]),
      [
        [1, implicitLittleEndian],
        [3, explicitLittleEndian],
      ],
    )
  })

  for (const maxPduLength of [128, 4096, 16384, 131072, 0]) {
    it(`stores with PDUs of ${maxPduLength || 'any number of'} bytes`, async (t) => {
      const received: Uint8Array[] = []
      const requests: StoreRequest[] = []
      const server = await startServer(t, {
        maxPduLength,
        handlers: {
          store: async (request) => {
            requests.push(request)
            for await (const chunk of request.dataSet) received.push(chunk)
            return 0
          },
        },
      })
      const association = await associate(t, server)
      const sent = Buffer.concat(await Array.fromAsync(chunksOf(7, 33_333)))
      const moveOriginator = { aeTitle: 'MOVER', messageId: 9 }
      const result = await association.store({ ...ctOperation(chunksOf(7, 33_333)), moveOriginator })
      assert.deepEqual(result, { status: 0, errorComment: undefined })
      assert.ok(Buffer.concat(received).equals(sent))
      const [request] = requests
      assert.equal(request?.sopClassUid, ctImageStorage)
      assert.equal(request?.sopInstanceUid, '1.2.3')
      assert.equal(request?.transferSyntaxUid, explicitLittleEndian)
      assert.deepEqual(request?.moveOriginator, moveOriginator)
      assert.equal(request?.association.callingAeTitle, 'SCU')
      await association.release()
    })
  }

  it('stores several instances, also an empty one, also invoked at once', async (t) => {
    const lengths: number[] = []
    const server = await startServer(t, {
      handlers: {
        store: async ({ dataSet }) => {
          lengths.push(await countBytes(dataSet))
          return 0xb000
        },
      },
    })
    const association = await associate(t, server)
    const results = await Promise.all(
      [1, 0, 3].map((count) => association.store(ctOperation(chunksOf(count, 100_000)))),
    )
    assert.deepEqual(
      results.map(({ status }) => status),
      [0xb000, 0xb000, 0xb000],
    )
    assert.deepEqual(lengths, [100_000, 0, 300_000])
  })

  it('runs operations side by side within a negotiated window', async (t) => {
    const bothRun = signalled()
    let running = 0
    const window = { invoked: 2, performed: 1 }
    const server = await startServer(t, {
      accept: () => ({
        transferSyntaxesFor: () => [implicitLittleEndian],
        asynchronousOperationsWindow: window,
      }),
      handlers: {
        echo: async () => {
          running += 1
          if (running === 2) bothRun.resolve()
          await bothRun.promise
          return 0
        },
      },
    })
    const association = await associate(t, server, {
      asynchronousOperationsWindow: { invoked: 5, performed: 1 },
    })
    assert.deepEqual(await Promise.all([association.echo(), association.echo()]), [0, 0])
  })
})

describe('refusals', () => {
  it('rejects with the reason of the policy', async (t) => {
    const reject = rejectReasons.calledAeTitleNotRecognized
    const server = await startServer(t, { accept: () => ({ reject }) })
    await assert.rejects(associate(t, server), (error) => {
      assert.ok(error instanceof AssociationRejectedError)
      assert.deepEqual(error.reject, reject)
      return true
    })
  })

  it('rejects when the policy throws, and says so', async (t) => {
    const failures: unknown[] = []
    const cause = new Error('no policy today')
    const server = await startServer(t, {
      accept: () => Promise.reject(cause),
      observer: { failed: (error) => failures.push(error) },
    })
    await assert.rejects(associate(t, server), AssociationRejectedError)
    assert.deepEqual(failures, [cause])
  })

  it('has nobody to talk to', async () => {
    const options = {
      host: '127.0.0.1',
      port: 1,
      callingAeTitle: 'A',
      calledAeTitle: 'B',
      presentationContexts: [{ abstractSyntax: verification, transferSyntaxes: [implicitLittleEndian] }],
    }
    await assert.rejects(connect(options), AssociationError)
  })

  it('does not connect with an invalid proposal', async (t) => {
    const server = await startServer(t)
    await assert.rejects(associate(t, server, { callingAeTitle: 'A\\B' }), RangeError)
  })

  it('stores only in an accepted context', async (t) => {
    const server = await startServer(t, {
      accept: () => ({
        transferSyntaxesFor: (uid) => (uid === verification ? [implicitLittleEndian] : undefined),
      }),
    })
    const association = await associate(t, server)
    await assert.rejects(association.store(ctOperation(chunksOf(1, 1))), AssociationError)
    assert.equal(await association.echo(), 0)
  })

  it('answers a handler that returns early, and drops the data set', async (t) => {
    const server = await startServer(t, {
      handlers: { store: async () => ({ status: 0xa700, errorComment: 'disk full' }) },
    })
    const association = await associate(t, server)
    for (const count of [0, 1, 200]) {
      const result = await association.store(ctOperation(chunksOf(count, 100_000)))
      assert.deepEqual(result, { status: 0xa700, errorComment: 'disk full' })
    }
  })

  it('answers a handler that throws: with its status, else with processing failure and no text', async (t) => {
    const failures: unknown[] = []
    const errors = [new Error('secret path'), new DimseStatusError(0xa900, 'class differs'), 'text']
    const server = await startServer(t, {
      handlers: {
        store: ({ dataSet }) => {
          throw dataSet && errors[failures.length]
        },
      },
      observer: { failed: (error) => failures.push(error) },
    })
    const association = await associate(t, server)
    const results = []
    for (const _ of errors) results.push(await association.store(ctOperation(chunksOf(30, 100_000))))
    assert.deepEqual(results, [
      { status: 0x0110, errorComment: undefined },
      { status: 0xa900, errorComment: 'class differs' },
      { status: 0x0110, errorComment: undefined },
    ])
    assert.deepEqual(failures, errors)
  })

  it('answers an operation without handler', async (t) => {
    const server = await startServer(t, { handlers: {} })
    const association = await associate(t, server)
    assert.equal(await association.echo(), 0x0211)
    const result = await association.store(ctOperation(chunksOf(3, 100_000)))
    assert.equal(result.status, 0x0211)
  })
})

describe('ends', () => {
  it('tells the handler when the peer aborts in mid data set', async (t) => {
    const outcome = signalled<unknown>()
    const aborted = signalled()
    const started = signalled()
    const server = await startServer(t, {
      handlers: {
        store: async ({ dataSet, signal }) => {
          signal.addEventListener('abort', () => aborted.resolve())
          started.resolve()
          try {
            outcome.resolve(await countBytes(dataSet))
          } catch (error) {
            outcome.resolve(error)
          }
          return 0
        },
      },
    })
    const association = await associate(t, server)
    const never = signalled()
    const storing = association.store(
      ctOperation(
        (async function* () {
          yield new Uint8Array(50_000)
          await never.promise
        })(),
      ),
    )
    await started.promise
    await association.abort()
    assert.ok((await outcome.promise) instanceof AssociationError)
    await aborted.promise
    never.resolve()
    await assert.rejects(storing, AssociationError)
  })

  it('aborts when the data set to be sent cannot be read', async (t) => {
    const outcome = signalled<unknown>()
    const server = await startServer(t, {
      handlers: {
        store: async ({ dataSet }) => {
          countBytes(dataSet).then(outcome.resolve, outcome.resolve)
          return await new Promise<number>(() => {})
        },
      },
    })
    const association = await associate(t, server)
    const unreadable = (async function* () {
      yield new Uint8Array(100_000)
      throw new Error('read error')
    })()
    await assert.rejects(association.store(ctOperation(unreadable)), AssociationError)
    assert.ok((await outcome.promise) instanceof AssociationError)
    await association.closed
  })

  it('fails what waits for an answer when the server goes', async (t) => {
    const started = signalled()
    const server = await startServer(t, {
      handlers: {
        echo: () => {
          started.resolve()
          return new Promise(() => {})
        },
      },
    })
    const association = await associate(t, server)
    const results = Promise.allSettled([association.echo(), association.echo()])
    await started.promise
    await server.abort()
    for (const { status } of await results) assert.equal(status, 'rejected')
  })

  it('holds back a sender whose receiver is slow', async (t) => {
    const total = 40 * 1024 * 1024
    const chunk = new Uint8Array(64 * 1024)
    let yielded = 0
    const stalled = signalled()
    const goOn = signalled()
    const server = await startServer(t, {
      maxPduLength: 131072,
      handlers: {
        store: async ({ dataSet }) => {
          await goOn.promise
          return (await countBytes(dataSet)) === total ? 0 : 0x0110
        },
      },
    })
    const association = await associate(t, server)
    const watch = setInterval(() => {
      if (yielded > 0 && yielded === lastYielded) stalled.resolve()
      lastYielded = yielded
    }, 50)
    let lastYielded = -1
    const storing = association.store(
      ctOperation(
        (async function* () {
          for (; yielded < total; yielded += chunk.length) yield chunk
        })(),
      ),
    )
    await stalled.promise
    clearInterval(watch)
    // Queue, socket buffers of both sides and of the kernel; far less than the data set.
    assert.ok(yielded < total / 2, `${yielded} bytes were taken`)
    goOn.resolve()
    assert.equal((await storing).status, 0)
  })

  it('ends an association whose peer does nothing', async (t) => {
    const ended = signalled<AssociationError | undefined>()
    const server = await startServer(t, {
      timeouts: { idleTimeout: 50 },
      observer: { ended: (_info, error) => ended.resolve(error) },
    })
    const association = await associate(t, server)
    assert.match(String(await ended.promise), /no progress/)
    await association.closed
  })

  it('does not give up a request while its handler works', async (t) => {
    const server = await startServer(t, {
      timeouts: { idleTimeout: 20 },
      handlers: { echo: () => new Promise((resolve) => setTimeout(() => resolve(0), 120)) },
    })
    const association = await associate(t, server)
    assert.equal(await association.echo(), 0)
  })

  it('gives up a server that does not answer', async (t) => {
    const server = await startServer(t, { handlers: { echo: () => new Promise(() => {}) } })
    const association = await associate(t, server, { timeouts: { idleTimeout: 50 } })
    await assert.rejects(association.echo(), /no progress/)
  })
})
