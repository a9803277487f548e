import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeCommandSet } from '../dimse/command-set.ts'
import { AssociationError } from '../dimse/dimse-error.ts'
import { bytesOf } from '../pdu/fixtures.ts'
import { encodePdu } from '../pdu/serializer.ts'
import { associateRequest, echoCommand, RawPeer, type Received, storeCommand } from './testing/raw-peer.ts'
import { assertServes, countBytes, signalled, startHurried as start } from './testing/server.ts'

const abortByProvider = (reason: number): Received => ({ type: 'A-ABORT', source: 2, reason })
const abortByUser: Received = { type: 'A-ABORT', source: 0, reason: 0 }
const commandBit = 1
const lastBit = 2

describe('hostile messages', () => {
  it('a command set above 64 KiB is aborted', async (t) => {
    const server = await start(t)
    const peer = await RawPeer.associate(t, server)
    for (let count = 0; count < 5; count += 1) peer.sendFragment(1, commandBit, new Uint8Array(16_000))
    assert.deepEqual(await peer.next(), abortByUser)
    await assertServes(t, server)
  })

  it('a command set that never ends is aborted', async (t) => {
    const server = await start(t)
    const peer = await RawPeer.associate(t, server)
    const byte = Uint8Array.of(0)
    for (let count = 0; count < 65_537; count += 1) peer.sendFragment(1, commandBit, byte)
    assert.deepEqual(await peer.next(), abortByUser)
  })

  it('zero-length PDVs are tolerated, but not for ever', async (t) => {
    const server = await start(t)
    const peer = await RawPeer.associate(t, server)
    const empty = new Uint8Array(0)
    peer.sendFragment(1, commandBit, empty)
    peer.sendCommand(1, echoCommand)
    const answer = await peer.next()
    assert.ok(answer.type === 'command' && answer.command.status === 0)
    for (let count = 0; count < 65; count += 1) peer.sendFragment(1, commandBit, empty)
    assert.deepEqual(await peer.next(), abortByUser)
  })

  const wrongFragments: readonly (readonly [string, (peer: RawPeer) => void])[] = [
    ['a data set without a command', (peer) => peer.sendFragment(3, lastBit, Uint8Array.of(1))],
    [
      'a command inside a data set',
      (peer) => {
        peer.sendCommand(3, storeCommand)
        peer.sendCommand(3, storeCommand)
      },
    ],
    [
      'messages interleaved',
      (peer) => {
        peer.sendCommand(3, storeCommand)
        peer.sendFragment(1, 0, Uint8Array.of(1))
      },
    ],
    ['a context that was not accepted', (peer) => peer.sendCommand(5, echoCommand)],
    [
      'a command set that is none',
      (peer) => peer.sendFragment(1, commandBit | lastBit, Uint8Array.of(1, 2, 3)),
    ],
    ['a request without message ID', (peer) => peer.sendCommand(1, { ...echoCommand, messageId: undefined })],
    [
      'a response to no request',
      (peer) =>
        peer.sendCommand(1, {
          commandField: 0x8030,
          messageIdBeingRespondedTo: 1,
          status: 0,
          commandDataSetType: 0x0101,
        }),
    ],
  ]
  for (const [name, attack] of wrongFragments) {
    it(`${name} is aborted`, async (t) => {
      const server = await start(t)
      const peer = await RawPeer.associate(t, server)
      attack(peer)
      assert.deepEqual(await peer.next(), abortByUser)
      assert.deepEqual(await peer.next(), { type: 'closed' })
      await assertServes(t, server)
    })
  }

  const wrongPdus: readonly (readonly [string, string, number])[] = [
    ['a second A-ASSOCIATE-RQ', Buffer.from(encodePdu(associateRequest())).toString('hex'), 2],
    ['A-RELEASE-RP without A-RELEASE-RQ', '06 00 00 00 00 04 00 00 00 00', 2],
    ['an unknown PDU', '0a 00 00 00 00 00', 1],
    ['a PDV of length 0, and nothing else', '04 00 00 00 00 04 00 00 00 00', 6],
    ['a PDV of length 1, and nothing else', '04 00 00 00 00 05 00 00 00 01 01', 6],
    ['a PDV longer than its PDU', '04 00 00 00 00 07 ff ff ff ff 01 03 00', 6],
  ]
  for (const [name, hex, reason] of wrongPdus) {
    it(`${name} is aborted by the provider with reason ${reason}`, async (t) => {
      const server = await start(t)
      const peer = await RawPeer.associate(t, server)
      peer.send(bytesOf(hex))
      assert.deepEqual(await peer.next(), abortByProvider(reason))
      assert.deepEqual(await peer.next(), { type: 'closed' })
    })
  }

  it('a data set of PDU length FFFFFFFF streams, and an abort in its middle reaches the handler', async (t) => {
    const received = signalled<number>()
    const outcome = signalled<unknown>()
    const server = await start(t, {
      handlers: {
        store: async ({ dataSet }) => {
          let length = 0
          try {
            for await (const chunk of dataSet) {
              length += chunk.length
              if (length === 3_000_000) received.resolve(length)
            }
          } catch (error) {
            outcome.resolve(error)
          }
          return 0
        },
      },
    })
    const peer = await RawPeer.associate(t, server)
    peer.sendCommand(3, storeCommand)
    peer.send(bytesOf('04 00 ff ff ff ff  ff ff ff fb 03 00'))
    for (let count = 0; count < 3; count += 1) peer.send(new Uint8Array(1_000_000))
    assert.equal(await received.promise, 3_000_000)
    peer.socket.destroy()
    assert.ok((await outcome.promise) instanceof AssociationError)
  })

  it('a data set one byte at a time is received', async (t) => {
    const lengths: number[] = []
    const server = await start(t, {
      handlers: {
        store: async ({ dataSet }) => {
          lengths.push(await countBytes(dataSet))
          return 0
        },
      },
    })
    const peer = await RawPeer.associate(t, server)
    peer.sendCommand(3, storeCommand)
    for (let count = 0; count < 20_000; count += 1) peer.sendFragment(3, 0, Uint8Array.of(count & 0xff))
    peer.sendFragment(3, lastBit, Uint8Array.of(1))
    const answer = await peer.next()
    assert.ok(answer.type === 'command' && answer.command.status === 0)
    assert.deepEqual(lengths, [20_001])
  })

  it('a message that goes on a byte now and then is cut off', async (t) => {
    const outcome = signalled<unknown>()
    const server = await start(t, {
      timeouts: { idleTimeout: 100 },
      handlers: {
        store: async ({ dataSet }) => {
          await countBytes(dataSet).then(outcome.resolve, outcome.resolve)
          return 0
        },
      },
    })
    const peer = await RawPeer.associate(t, server)
    peer.sendCommand(3, storeCommand)
    const drip = setInterval(() => peer.sendFragment(3, 0, Uint8Array.of(0)), 10)
    t.after(() => clearInterval(drip))
    assert.deepEqual(await peer.next(), abortByUser)
    assert.match(String(await outcome.promise), /no progress/)
  })

  it('the data set of a refused request is dropped, but not for ever', async (t) => {
    const server = await start(t, {
      limits: { maxDiscardedLength: 1_000_000 },
      handlers: { store: async () => 0xa700 },
    })
    const peer = await RawPeer.associate(t, server)
    peer.sendCommand(3, storeCommand)
    for (let count = 0; count < 120; count += 1) peer.sendFragment(3, 0, new Uint8Array(10_000))
    assert.deepEqual(await peer.next(), abortByUser)
  })

  it('a data set above the limit is aborted', async (t) => {
    const server = await start(t, {
      limits: { maxDataSetLength: 1_000_000 },
      handlers: { store: async ({ dataSet }) => (await countBytes(dataSet)) && 0 },
    })
    const peer = await RawPeer.associate(t, server)
    peer.sendCommand(3, storeCommand)
    for (let count = 0; count < 101; count += 1) peer.sendFragment(3, 0, new Uint8Array(10_000))
    assert.deepEqual(await peer.next(), abortByUser)
  })

  it('requests without waiting for answers are served in turn', async (t) => {
    const goOn = signalled()
    const server = await start(t, {
      limits: { maxQueuedRequests: 2 },
      handlers: { echo: () => goOn.promise.then(() => 0) },
    })
    const peer = await RawPeer.associate(t, server)
    for (const messageId of [1, 2, 3]) peer.sendCommand(1, { ...echoCommand, messageId })
    goOn.resolve()
    for (const messageId of [1, 2, 3]) {
      const answer = await peer.next()
      assert.ok(answer.type === 'command' && answer.command.messageIdBeingRespondedTo === messageId)
    }
  })

  it('too many requests without waiting for answers are aborted', async (t) => {
    const greedy = await start(t, {
      limits: { maxQueuedRequests: 2 },
      handlers: { echo: () => new Promise(() => {}) },
    })
    const other = await RawPeer.associate(t, greedy)
    for (const messageId of [1, 2, 3, 4]) other.sendCommand(1, { ...echoCommand, messageId })
    assert.deepEqual(await other.next(), abortByUser)
  })

  it('a release with a request under way is answered after it', async (t) => {
    const goOn = signalled()
    const server = await start(t, { handlers: { echo: () => goOn.promise.then(() => 0) } })
    const peer = await RawPeer.associate(t, server)
    peer.sendCommand(1, echoCommand)
    peer.send(encodePdu({ type: 'A-RELEASE-RQ' }))
    goOn.resolve()
    assert.equal((await peer.next()).type, 'command')
    assert.equal((await peer.next()).type, 'A-RELEASE-RP')
  })

  it('SOP Instance UIDs that are none get a failure status', async (t) => {
    const server = await start(t)
    const peer = await RawPeer.associate(t, server)
    const cases = [
      { affectedSopInstanceUid: '../../etc/passwd', status: 0x0117 },
      { affectedSopInstanceUid: '1'.repeat(65), status: 0x0117 },
      { affectedSopInstanceUid: '1.2\0.3', status: 0x0117 },
      { affectedSopClassUid: '../1.2', status: 0x0118 },
      { affectedSopInstanceUid: undefined, status: 0x0212 },
    ]
    for (const { status, ...changes } of cases) {
      peer.sendCommand(3, { ...storeCommand, ...changes })
      peer.sendFragment(3, lastBit, new Uint8Array(1000))
      const answer = await peer.next()
      assert.ok(answer.type === 'command')
      assert.equal(answer.command.status, status)
    }
  })

  it('unknown operations are answered as unrecognized, with their data set dropped', async (t) => {
    const server = await start(t)
    const peer = await RawPeer.associate(t, server)
    for (const commandField of [0x0002, 0x0020, 0x0130]) {
      peer.sendCommand(3, { ...storeCommand, commandField })
      peer.sendFragment(3, lastBit, new Uint8Array(5000))
      const answer = await peer.next()
      assert.ok(answer.type === 'command')
      assert.equal(answer.command.commandField, commandField | 0x8000)
      assert.equal(answer.command.status, 0x0211)
    }
  })

  it('a C-CANCEL for nothing is ignored', async (t) => {
    const server = await start(t)
    const peer = await RawPeer.associate(t, server)
    peer.sendCommand(1, { commandField: 0x0fff, messageIdBeingRespondedTo: 7, commandDataSetType: 0x0101 })
    peer.sendCommand(1, echoCommand)
    const answer = await peer.next()
    assert.ok(answer.type === 'command' && answer.command.commandField === 0x8030)
  })

  it('a C-STORE without data set gets a failure status', async (t) => {
    const server = await start(t)
    const peer = await RawPeer.associate(t, server)
    peer.sendFragment(
      3,
      commandBit | lastBit,
      encodeCommandSet({ ...storeCommand, commandDataSetType: 0x0101 }),
    )
    const answer = await peer.next()
    assert.ok(answer.type === 'command' && answer.command.status === 0x0212)
  })
})
