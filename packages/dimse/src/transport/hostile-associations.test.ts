import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bytesOf } from '../pdu/fixtures.ts'
import { encodePdu } from '../pdu/serializer.ts'
import { associateRequest, RawPeer, type Received } from './testing/raw-peer.ts'
import { assertServes, startHurried as start } from './testing/server.ts'

const abortByUser: Received = { type: 'A-ABORT', source: 0, reason: 0 }
const abort = encodePdu({ type: 'A-ABORT', source: 0, reason: 0 })

describe('hostile bytes before an association', () => {
  const cases: readonly (readonly [name: string, bytes: Uint8Array, answer: Received])[] = [
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), abortByUser],
    ['garbage', Uint8Array.from({ length: 4096 }, (_, index) => (index * 73 + 200) & 0xff), abortByUser],
    ['an A-ASSOCIATE-RQ of FFFFFFFF bytes', bytesOf('01 00 ff ff ff ff'), abortByUser],
    ['P-DATA-TF', bytesOf('04 00 00 00 00 07 00 00 00 03 01 03 00'), abortByUser],
    ['a P-DATA-TF of FFFFFFFF bytes', bytesOf('04 00 ff ff ff ff'), abortByUser],
    ['A-RELEASE-RQ', bytesOf('05 00 00 00 00 04 00 00 00 00'), abortByUser],
    [
      'A-ASSOCIATE-AC',
      encodePdu({ ...associateRequest(), type: 'A-ASSOCIATE-AC', presentationContexts: [] }),
      abortByUser,
    ],
    ['a request cut short by its length', bytesOf('01 00 00 00 00 04 00 01 00 00'), abortByUser],
  ]
  for (const [name, bytes, answer] of cases) {
    it(`${name} is answered with A-ABORT and closed`, async (t) => {
      const server = await start(t)
      const peer = await RawPeer.connect(t, server)
      peer.send(bytes)
      assert.deepEqual(await peer.next(), answer)
      assert.deepEqual(await peer.next(), { type: 'closed' })
      await assertServes(t, server)
    })
  }

  it('a request that comes one byte at a time is answered, one that does not end is cut off', async (t) => {
    const server = await start(t, { timeouts: { associateTimeout: 150 } })
    const request = encodePdu(associateRequest())
    const patient = await RawPeer.connect(t, server)
    for (const byte of request) patient.send(Uint8Array.of(byte))
    assert.equal((await patient.next()).type, 'A-ASSOCIATE-AC')
    patient.send(abort)
    const slow = await RawPeer.connect(t, server)
    let sent = 0
    const drip = setInterval(() => slow.send(request.subarray(sent, ++sent)), 20)
    t.after(() => clearInterval(drip))
    assert.deepEqual(await slow.next(), { type: 'closed' })
    assert.ok(sent < request.length)
  })

  it('nothing at all is cut off', async (t) => {
    const server = await start(t, { timeouts: { associateTimeout: 50 } })
    const peer = await RawPeer.connect(t, server)
    assert.deepEqual(await peer.next(), { type: 'closed' })
  })

  it('129 presentation contexts are aborted, 128 accepted', async (t) => {
    const server = await start(t)
    const contexts = Array.from({ length: 128 }, (_, index) => ({
      id: 2 * index + 1,
      abstractSyntax: '1.2.840.10008.1.1',
      transferSyntaxes: ['1.2.840.10008.1.2'],
    }))
    const [first] = contexts
    assert.ok(first)
    const many = await RawPeer.connect(t, server)
    many.send(encodePdu(associateRequest({ presentationContexts: contexts })))
    const accept = await many.next()
    assert.ok(accept.type === 'A-ASSOCIATE-AC' && accept.presentationContexts.length === 128)
    many.send(abort)
    const tooMany = await RawPeer.connect(t, server)
    tooMany.send(encodePdu(associateRequest({ presentationContexts: [...contexts, first] })))
    assert.deepEqual(await tooMany.next(), abortByUser)
  })

  it('AE titles that are none are rejected; one like a path reaches the policy as text', async (t) => {
    const seen: string[] = []
    const server = await start(t, {
      accept: ({ callingAeTitle }) => {
        seen.push(callingAeTitle)
        return { transferSyntaxesFor: () => [] }
      },
    })
    const cases = [
      { callingAeTitle: 'A\0B', reason: 3 },
      { callingAeTitle: 'A\\B', reason: 3 },
      { callingAeTitle: 'A\r\nB', reason: 3 },
      { callingAeTitle: '', reason: 3 },
      { calledAeTitle: '\u0007', reason: 7 },
    ]
    for (const { reason, ...titles } of cases) {
      const peer = await RawPeer.connect(t, server)
      peer.send(encodePdu(associateRequest(titles)))
      assert.deepEqual(await peer.next(), { type: 'A-ASSOCIATE-RJ', result: 1, source: 1, reason })
    }
    assert.deepEqual(seen, [])
    const peer = await RawPeer.connect(t, server)
    peer.send(encodePdu(associateRequest({ callingAeTitle: '../../etc/passwd' })))
    assert.equal((await peer.next()).type, 'A-ASSOCIATE-AC')
    peer.send(abort)
    assert.deepEqual(seen, ['../../etc/passwd'])
  })

  it('another protocol version or application context is rejected', async (t) => {
    const server = await start(t)
    const version = await RawPeer.connect(t, server)
    version.send(encodePdu(associateRequest({ protocolVersion: 2 })))
    assert.deepEqual(await version.next(), { type: 'A-ASSOCIATE-RJ', result: 1, source: 2, reason: 2 })
    const context = await RawPeer.connect(t, server)
    context.send(encodePdu(associateRequest({ applicationContextName: '1.2.3' })))
    assert.deepEqual(await context.next(), { type: 'A-ASSOCIATE-RJ', result: 1, source: 1, reason: 2 })
  })
})

describe('association floods', () => {
  it('beyond the limit are rejected for it, and places become free again', async (t) => {
    const server = await start(t, { limits: { maxAssociations: 2, maxWaitingAssociations: 0 } })
    const first = await RawPeer.associate(t, server)
    await RawPeer.associate(t, server)
    for (let count = 0; count < 20; count += 1) {
      const refused = await RawPeer.connect(t, server)
      refused.send(encodePdu(associateRequest()))
      assert.deepEqual(await refused.next(), { type: 'A-ASSOCIATE-RJ', result: 2, source: 3, reason: 2 })
    }
    assert.equal(server.associationCount, 2)
    first.send(encodePdu({ type: 'A-RELEASE-RQ' }))
    assert.deepEqual(await first.next(), { type: 'A-RELEASE-RP' })
    await assertServes(t, server)
  })

  it('wait for a place, up to a number', async (t) => {
    const server = await start(t, { limits: { maxAssociations: 1, maxWaitingAssociations: 1 } })
    const first = await RawPeer.associate(t, server)
    const others = [await RawPeer.connect(t, server), await RawPeer.connect(t, server)]
    for (const other of others) other.send(encodePdu(associateRequest()))
    const answers = others.map(async (other) => (await other.next()).type)
    assert.equal(await Promise.race(answers), 'A-ASSOCIATE-RJ')
    first.send(abort)
    assert.deepEqual((await Promise.all(answers)).sort(), ['A-ASSOCIATE-AC', 'A-ASSOCIATE-RJ'])
  })

  it('give the place of a peer that left while it waited to the next', async (t) => {
    const server = await start(t, { limits: { maxAssociations: 1, maxWaitingAssociations: 10 } })
    const first = await RawPeer.associate(t, server)
    const impatient = await RawPeer.connect(t, server)
    impatient.send(encodePdu(associateRequest()), abort)
    assert.deepEqual(await impatient.next(), { type: 'closed' })
    first.send(abort)
    await assertServes(t, server)
  })

  it('of bare connections are closed beyond a number', async (t) => {
    const server = await start(t, { limits: { maxConnections: 2 } })
    const [first] = [await RawPeer.connect(t, server), await RawPeer.connect(t, server)]
    const refused = await RawPeer.connect(t, server)
    assert.deepEqual(await refused.next(), { type: 'closed' })
    first?.send(encodePdu(associateRequest()))
    assert.equal((await first?.next())?.type, 'A-ASSOCIATE-AC')
  })
})
