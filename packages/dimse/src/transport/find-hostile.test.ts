import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { buildDataSet, type DataSet, encodeDataSet, textOf } from '@kingsfoil/dicom'
import { encodeCommandSet } from '../dimse/command-set.ts'
import { AssociationError } from '../dimse/dimse-error.ts'
import { encodePdu } from '../pdu/serializer.ts'
import type { FindHandler } from '../services/find.ts'
import {
  answered,
  associateRaw,
  cancelCommand,
  findCommand,
  littleEndian,
  plainSyntaxes,
  startFindServer,
  study,
  studyQuery,
  studyRoot,
} from './testing/find.ts'
import { echoCommand, type RawPeer } from './testing/raw-peer.ts'
import { assertServes, associate, signalled } from './testing/server.ts'

const lastBit = 2
const context = 3
const query = encodeDataSet(studyQuery, littleEndian)
const deflated = '1.2.840.10008.1.2.1.99'
const abortByUser = { type: 'A-ABORT', source: 0, reason: 0 }

function sendFind(peer: RawPeer, messageId = 1, identifier = query): void {
  peer.sendCommand(context, { ...findCommand, messageId })
  peer.sendFragment(context, lastBit, identifier)
}

/** A handler that hangs, whatever the signal says, and its signal once it has begun. */
function hanging() {
  const started = signalled<AbortSignal>()
  const handle: FindHandler = async function* ({ signal }) {
    started.resolve(signal)
    await new Promise(() => {})
    yield study(1)
    return 0
  }
  return { handle, started: started.promise }
}

/** A server whose handler takes anything and finds nothing; what it was asked for. */
async function startRecording(t: TestContext, limits = {}) {
  const identifiers: DataSet[] = []
  const server = await startFindServer(
    t,
    async function* ({ identifier }) {
      identifiers.push(identifier)
      yield* []
      return 0
    },
    { limits },
  )
  return { server, identifiers }
}

describe('C-CANCEL-RQ', () => {
  it('of a handler that hangs is answered at once, and the association goes on', async (t) => {
    const { handle, started } = hanging()
    const server = await startFindServer(t, handle)
    const peer = await associateRaw(t, server)
    sendFind(peer, 7)
    const signal = await started
    peer.sendCommand(context, cancelCommand(7))
    assert.deepEqual(answered(await peer.next()), [7, 0xfe00])
    assert.equal(signal.aborted, true)
    peer.sendCommand(1, { ...echoCommand, messageId: 8 })
    assert.deepEqual(answered(await peer.next()), [8, 0])
    peer.send(encodePdu({ type: 'A-RELEASE-RQ' }))
    assert.equal((await peer.next()).type, 'A-RELEASE-RP')
  })

  it('in the middle of matches ends them, and returns the handler', async (t) => {
    const ended = signalled()
    const server = await startFindServer(t, async function* () {
      try {
        for (let number = 1; ; number += 1) yield study(number)
      } finally {
        ended.resolve()
      }
    })
    const peer = await associateRaw(t, server)
    sendFind(peer)
    for (let count = 0; count < 3; count += 1) assert.deepEqual(answered(await peer.next()), [1, 0xff00])
    peer.sendCommand(context, cancelCommand(1))
    let last = await peer.next()
    while (answered(last)[1] === 0xff00) last = await peer.next()
    assert.deepEqual(answered(last), [1, 0xfe00])
    await ended.promise
    peer.sendCommand(1, { ...echoCommand, messageId: 2 })
    assert.deepEqual(answered(await peer.next()), [2, 0])
  })

  it('may come through any context, before, twice, late, or for nothing', async (t) => {
    const { handle, started } = hanging()
    const asynchronousOperationsWindow = { invoked: 2, performed: 1 }
    const server = await startFindServer(t, handle, {
      accept: () => ({ transferSyntaxesFor: () => plainSyntaxes, asynchronousOperationsWindow }),
    })
    const peer = await associateRaw(t, server, { asynchronousOperationsWindow })
    peer.sendCommand(context, cancelCommand(1))
    peer.sendCommand(context, { commandField: 0x0fff, commandDataSetType: 0x0101 })
    sendFind(peer)
    const signal = await started
    peer.sendCommand(context, cancelCommand(2))
    peer.sendCommand(1, { ...echoCommand, messageId: 3 })
    assert.deepEqual(answered(await peer.next()), [3, 0])
    assert.equal(signal.aborted, false)
    peer.sendCommand(1, cancelCommand(1))
    peer.sendCommand(context, cancelCommand(1))
    assert.deepEqual(answered(await peer.next()), [1, 0xfe00])
    peer.sendCommand(context, cancelCommand(1))
    peer.sendCommand(1, { ...echoCommand, messageId: 1 })
    assert.deepEqual(answered(await peer.next()), [1, 0])
  })

  it('of a request that waits for its turn keeps it from being handled', async (t) => {
    const asked: string[] = []
    const server = await startFindServer(t, async function* ({ identifier }) {
      asked.push(textOf(identifier, 0x00100020) ?? '')
      if (asked.length === 1) await new Promise(() => {})
      yield study(1)
      return 0
    })
    const peer = await associateRaw(t, server)
    for (const messageId of [1, 2, 3]) {
      const patientId = buildDataSet(littleEndian, [[0x00100020, 'LO', `P${messageId}`]])
      sendFind(peer, messageId, encodeDataSet(patientId, littleEndian))
    }
    peer.sendCommand(1, { ...echoCommand, messageId: 4 })
    peer.sendCommand(context, cancelCommand(2))
    peer.sendCommand(context, cancelCommand(1))
    const seen = []
    for (let answers = 0; answers < 5; answers += 1) seen.push(answered(await peer.next()))
    assert.deepEqual(seen, [
      [1, 0xfe00],
      [2, 0xfe00],
      [3, 0xff00],
      [3, 0],
      [4, 0],
    ])
    assert.deepEqual(asked, ['P1', 'P3'])
  })

  it('of an error that comes after the answer tells the observer', async (t) => {
    const goOn = signalled()
    const started = signalled()
    const failed = signalled<unknown>()
    const server = await startFindServer(
      t,
      async function* () {
        started.resolve()
        yield* await goOn.promise.then(() => [])
        throw new Error('too late')
      },
      { observer: { failed: (error) => failed.resolve(error) } },
    )
    const peer = await associateRaw(t, server)
    sendFind(peer)
    await started.promise
    peer.sendCommand(context, cancelCommand(1))
    assert.deepEqual(answered(await peer.next()), [1, 0xfe00])
    goOn.resolve()
    assert.match(String(await failed.promise), /too late/)
  })
})

describe('an association that ends during C-FIND', () => {
  const ends: readonly (readonly [string, (peer: RawPeer) => void])[] = [
    ['by A-ABORT', (peer) => peer.send(encodePdu({ type: 'A-ABORT', source: 0, reason: 0 }))],
    ['by a close', (peer) => peer.socket.destroy()],
    ['by a reset', (peer) => peer.socket.resetAndDestroy()],
    ['by nonsense', (peer) => peer.sendFragment(context, lastBit, Uint8Array.of(1))],
    [
      'by a release and a close',
      (peer) => {
        peer.send(encodePdu({ type: 'A-RELEASE-RQ' }))
        peer.socket.end()
      },
    ],
  ]
  for (const [name, end] of ends) {
    it(`${name} leaves a handler that hangs`, async (t) => {
      const { handle, started } = hanging()
      const ended = signalled()
      const server = await startFindServer(t, handle, { observer: { ended: () => ended.resolve() } })
      const peer = await associateRaw(t, server)
      sendFind(peer)
      const signal = await started
      end(peer)
      await ended.promise
      assert.equal(signal.aborted, true)
      assert.ok(signal.reason instanceof AssociationError)
      assert.equal(server.associationCount, 0)
      await assertServes(t, server)
    })

    it(`${name} returns a handler that is held up by a peer that does not read`, async (t) => {
      let made = 0
      const ended = signalled<AbortSignal>()
      const server = await startFindServer(t, async function* ({ signal }) {
        try {
          for (;;) yield study(made++, [0x00324000, 'LT', 'x'.repeat(10_000)])
        } finally {
          ended.resolve(signal)
        }
      })
      const peer = await associateRaw(t, server)
      peer.socket.pause()
      sendFind(peer)
      let last = -1
      while (made !== last || made === 0) {
        last = made
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      peer.socket.resume()
      end(peer)
      assert.equal((await ended.promise).aborted, true)
    })
  }

  it('a release is answered after the final response', async (t) => {
    const goOn = signalled()
    const server = await startFindServer(t, async function* () {
      await goOn.promise
      yield study(1)
      return 0
    })
    const peer = await associateRaw(t, server)
    sendFind(peer)
    peer.send(encodePdu({ type: 'A-RELEASE-RQ' }))
    goOn.resolve()
    assert.deepEqual(answered(await peer.next()), [1, 0xff00])
    assert.deepEqual(answered(await peer.next()), [1, 0])
    assert.equal((await peer.next()).type, 'A-RELEASE-RP')
  })

  it('a peer that reads nothing for the idle timeout is aborted', async (t) => {
    const ended = signalled<unknown>()
    const returned = signalled()
    const server = await startFindServer(
      t,
      async function* () {
        try {
          for (let number = 1; ; number += 1) yield study(number, [0x00324000, 'LT', 'x'.repeat(10_000)])
        } finally {
          returned.resolve()
        }
      },
      { timeouts: { idleTimeout: 500 }, observer: { ended: (_info, error) => ended.resolve(error) } },
    )
    const peer = await associateRaw(t, server)
    peer.socket.pause()
    sendFind(peer)
    assert.match(String(await ended.promise), /no progress/)
    await returned.promise
    peer.socket.destroy()
  })
})

describe('identifiers of C-FIND-RQ', () => {
  it('cut at every offset are the same', async (t) => {
    const { server, identifiers } = await startRecording(t)
    const peer = await associateRaw(t, server)
    for (let offset = 0; offset <= query.length; offset += 1) {
      peer.sendCommand(context, { ...findCommand, messageId: offset })
      peer.sendFragment(context, 0, query.subarray(0, offset))
      await setImmediate()
      peer.sendFragment(context, lastBit, query.subarray(offset))
      assert.deepEqual(answered(await peer.next()), [offset, 0])
    }
    assert.equal(identifiers.length, query.length + 1)
    for (const identifier of identifiers)
      assert.deepEqual(Buffer.from(encodeDataSet(identifier, littleEndian)), Buffer.from(query))
  })

  it('one byte at a time, and the command set too, are the same', async (t) => {
    const { server, identifiers } = await startRecording(t)
    const peer = await associateRaw(t, server)
    const command = encodeCommandSet(findCommand)
    for (const [index, byte] of command.entries())
      peer.sendFragment(context, index === command.length - 1 ? 3 : 1, Uint8Array.of(byte))
    for (const [index, byte] of query.entries())
      peer.sendFragment(context, index === query.length - 1 ? lastBit : 0, Uint8Array.of(byte))
    assert.deepEqual(answered(await peer.next()), [1, 0])
    assert.deepEqual(
      identifiers.map((identifier) => textOf(identifier, 0x00080052)),
      ['STUDY'],
    )
  })

  it('cut short are refused, unless they end between elements', async (t) => {
    const { server } = await startRecording(t)
    const peer = await associateRaw(t, server)
    // Headers of 8 bytes, a value of 6.
    const boundaries = new Set([0, 14, 22, 30])
    assert.equal(query.length, 30)
    for (let length = 0; length <= query.length; length += 1) {
      sendFind(peer, length, query.subarray(0, length))
      assert.deepEqual(answered(await peer.next()), [length, boundaries.has(length) ? 0 : 0xc000])
    }
  })

  it('above the limit are refused, and dropped', async (t) => {
    const { server, identifiers } = await startRecording(t, { maxIdentifierLength: query.length })
    const peer = await associateRaw(t, server)
    sendFind(peer, 1)
    assert.deepEqual(answered(await peer.next()), [1, 0])
    sendFind(peer, 2, Buffer.concat([query, Buffer.from([0x10, 0, 0x20, 0, 0x4c, 0x4f, 0, 0])]))
    const answer = await peer.next()
    assert.deepEqual(answered(answer), [2, 0xc000])
    assert.ok(answer.type === 'command')
    assert.equal(answer.command.errorComment, 'the identifier exceeds 30 bytes')
    peer.sendCommand(context, { ...findCommand, messageId: 3 })
    for (let count = 0; count < 300; count += 1) peer.sendFragment(context, 0, new Uint8Array(10_000))
    peer.sendFragment(context, lastBit, new Uint8Array(0))
    assert.deepEqual(answered(await peer.next()), [3, 0xc000])
    assert.equal(identifiers.length, 1)
  })

  it('nested too deeply are refused', async (t) => {
    const { server } = await startRecording(t)
    const peer = await associateRaw(t, server)
    const header = Buffer.from('08001011 53510000 ffffffff feff00e0 ffffffff'.replaceAll(' ', ''), 'hex')
    sendFind(peer, 1, Buffer.concat(new Array(10_000).fill(header)))
    assert.deepEqual(answered(await peer.next()), [1, 0xc000])
  })

  it('that are random bytes are refused or understood, never more', async (t) => {
    const { server } = await startRecording(t)
    const peer = await associateRaw(t, server)
    let seed = 1
    for (let count = 1; count <= 200; count += 1) {
      const bytes = Uint8Array.from({ length: count }, () => {
        seed = (seed * 48_271) % 0x7fffffff
        return seed & 0xff
      })
      sendFind(peer, count, bytes)
      const [messageId, status] = answered(await peer.next())
      assert.equal(messageId, count)
      assert.ok(status === 0 || status === 0xc000, `status ${status}`)
    }
  })

  it('that are absent are refused; empty ones are the handler’s', async (t) => {
    const { server, identifiers } = await startRecording(t)
    const peer = await associateRaw(t, server)
    peer.sendCommand(context, { ...findCommand, commandDataSetType: 0x0101 })
    assert.deepEqual(answered(await peer.next()), [1, 0x0212])
    assert.equal(identifiers.length, 0)
    sendFind(peer, 2, new Uint8Array(0))
    assert.deepEqual(answered(await peer.next()), [2, 0])
    assert.equal(identifiers[0]?.size, 0)
  })

  it('that follow a command set which announces none are aborted', async (t) => {
    const { server } = await startRecording(t)
    const peer = await associateRaw(t, server)
    peer.sendCommand(context, { ...findCommand, commandDataSetType: 0x0101 })
    peer.sendFragment(context, lastBit, query)
    let last = await peer.next()
    if (last.type === 'command') last = await peer.next()
    assert.deepEqual(last, abortByUser)
  })

  it('that never come leave no handler behind', async (t) => {
    const { server, identifiers } = await startRecording(t)
    const peer = await associateRaw(t, server)
    peer.sendCommand(context, findCommand)
    peer.sendFragment(context, 0, query)
    peer.socket.destroy()
    await assertServes(t, server)
    assert.equal(identifiers.length, 0)
  })
})

describe('C-FIND-RQ', () => {
  it('for a SOP class that is not that of its context is refused', async (t) => {
    const { server, identifiers } = await startRecording(t)
    const peer = await associateRaw(t, server)
    for (const affectedSopClassUid of ['1.2.840.10008.5.1.4.31', '1.2.3', '../1']) {
      peer.sendCommand(context, { ...findCommand, affectedSopClassUid })
      peer.sendFragment(context, lastBit, query)
      assert.deepEqual(answered(await peer.next()), [1, 0x0122])
    }
    peer.sendCommand(context, { ...findCommand, affectedSopClassUid: undefined })
    peer.sendFragment(context, lastBit, query)
    assert.deepEqual(answered(await peer.next()), [1, 0x0212])
    assert.equal(identifiers.length, 0)
  })

  it('without a priority has the medium one', async (t) => {
    const priorities: number[] = []
    const server = await startFindServer(t, async function* ({ priority }) {
      priorities.push(priority)
      yield* []
      return 0
    })
    const peer = await associateRaw(t, server)
    for (const priority of [undefined, 0, 1, 2]) {
      peer.sendCommand(context, { ...findCommand, priority })
      peer.sendFragment(context, lastBit, query)
      await peer.next()
    }
    assert.deepEqual(priorities, [0, 0, 1, 2])
  })

  it('in a transfer syntax that should not have been accepted is refused', async (t) => {
    const server = await startFindServer(t, hanging().handle, {
      accept: () => ({ transferSyntaxesFor: () => [deflated] }),
    })
    const association = await associate(t, server, {
      presentationContexts: [{ abstractSyntax: studyRoot, transferSyntaxes: [deflated] }],
    })
    for await (const { status, command } of association.invoke(1, findCommand, [query])) {
      assert.equal(status, 0xc000)
      assert.equal(command.errorComment, `identifiers in ${deflated} are not supported`)
    }
  })
})
