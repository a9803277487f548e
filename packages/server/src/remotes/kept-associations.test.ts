import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { explicitVrLittleEndian, implicitVrLittleEndian } from '@kingsfoil/dicom'
import type { StoragePair } from '@kingsfoil/dimse'
import { makeFile } from '../rest/dicom.fixture.ts'
import { RememberedPairs } from './remembered-pairs.ts'
import { remoteLimits } from './remote-limits.ts'
import { createSender, sourceOf, startScp, type TestScp } from './scp.fixture.ts'

const jpegBaseline = '1.2.840.10008.1.2.4.50'
const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7'

const file = (number: number) => sourceOf(makeFile({ instance: `1.2.3.${number}` }))

const pairs = (count: number): readonly StoragePair[] =>
  Array.from({ length: count }, (_, index) => ({
    sopClassUid: `1.2.${index}`,
    transferSyntaxUid: jpegBaseline,
  }))

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate()
}

/** A line to a port; once it is cut, what is said into it is lost. */
async function startLine(t: TestContext, to: number) {
  const ends: Socket[] = []
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: to })
    ends.push(near, far)
    near.pipe(far).pipe(near)
    for (const end of ends) end.on('error', () => {})
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    for (const end of ends) end.destroy()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      ends[0]?.unpipe().resume()
    },
  }
}

const hasNone = (scp: TestScp) => until(() => scp.counts.open === 0)

describe('kept associations', () => {
  it('carry a thousand instances one after the other', async (t) => {
    const scp = await startScp(t)
    const sender = createSender(t)
    for (let number = 0; number < 1000; number++) await sender.send(scp.destination, file(number))
    assert.equal(scp.received.length, 1000)
    assert.equal(scp.proposals.length, 1)
    assert.deepEqual(scp.counts, { open: 1, released: 0, broken: 0 })
  })

  it('are released when nobody has used them for a while', async (t) => {
    const limits = { ...remoteLimits, leastKeptTime: 1 }
    const scp = await startScp(t)
    await createSender(t, { closeDelay: 0, limits }).send(scp.destination, file(1))
    await hasNone(scp)
    assert.deepEqual(scp.counts, { open: 0, released: 1, broken: 0 })
  })

  it('are kept a little even so, for the next step of a job', async (t) => {
    const limits = { ...remoteLimits, leastKeptTime: 60_000 }
    const scp = await startScp(t)
    const sender = createSender(t, { closeDelay: 0, limits })
    for (const number of [1, 2]) await sender.send(scp.destination, file(number))
    assert.equal(scp.proposals.length, 1)
  })

  it('end with the sender', async (t) => {
    const scp = await startScp(t)
    const sender = createSender(t)
    await sender.send(scp.destination, file(1))
    await sender.close()
    await hasNone(scp)
    assert.deepEqual(scp.counts, { open: 0, released: 1, broken: 0 })
  })

  it('are aborted by the end of the sender while they are in use', async (t) => {
    const started = Promise.withResolvers<void>()
    const scp = await startScp(t, {
      answer: () => {
        started.resolve()
        return new Promise(() => {})
      },
    })
    const sender = createSender(t)
    const rejected = assert.rejects(sender.send(scp.destination, file(1)), { code: 'NetworkProtocol' })
    await started.promise
    await sender.close()
    await rejected
    await until(() => scp.counts.broken === 1)
  })

  it('are aborted if the peer does not release them', async (t) => {
    const limits = { ...remoteLimits, releaseTime: 20 }
    const scp = await startScp(t)
    const line = await startLine(t, scp.destination.port)
    const sender = createSender(t, { limits })
    await sender.send({ ...scp.destination, port: line.port, timeout: 0 }, file(1))
    line.cut()
    await sender.close()
    assert.equal(scp.counts.open, 1)
  })

  it('are replaced when the peer has left them', async (t) => {
    const scp = await startScp(t, { timeouts: { idleTimeout: 20 } })
    const sender = createSender(t)
    await sender.send(scp.destination, file(1))
    await until(() => scp.counts.open === 0)
    await sender.send(scp.destination, file(2))
    assert.equal(scp.received.length, 2)
  })

  it('serve one sender at a time', async (t) => {
    const scp = await startScp(t)
    const sender = createSender(t)
    await Promise.all([1, 2, 3].map((number) => sender.send(scp.destination, file(number))))
    assert.equal(scp.proposals.length, 3)
    await Promise.all([4, 5, 6].map((number) => sender.send(scp.destination, file(number))))
    assert.equal(scp.proposals.length, 3)
  })

  it('are for one destination', async (t) => {
    const scp = await startScp(t)
    const sender = createSender(t)
    const { destination } = scp
    await sender.send(destination, file(1))
    await sender.send({ ...destination, callingAeTitle: 'OTHER' }, file(2))
    assert.deepEqual(
      scp.received.map(({ callingAeTitle }) => callingAeTitle),
      ['HERE', 'OTHER'],
    )
  })

  it('propose what was announced, so that nothing is negotiated twice', async (t) => {
    const scp = await startScp(t)
    const sender = createSender(t)
    sender.expect(scp.destination, [
      { sopClassUid: secondaryCapture, transferSyntaxUid: jpegBaseline },
      { sopClassUid: secondaryCapture, transferSyntaxUid: implicitVrLittleEndian },
    ])
    await sender.send(scp.destination, file(1))
    assert.deepEqual(scp.proposals, [[explicitVrLittleEndian, implicitVrLittleEndian, jpegBaseline]])
  })

  it('give way to one that proposes more, and are not left beside it', async (t) => {
    const scp = await startScp(t, { limits: { maxAssociations: 1 } })
    const sender = createSender(t)
    await sender.send(scp.destination, file(1))
    const implicit = makeFile({ transferSyntax: jpegBaseline })
    await assert.rejects(sender.send(scp.destination, sourceOf(implicit)), { code: 'NoPresentationContext' })
    await sender.send(scp.destination, file(2))
    assert.deepEqual(
      scp.proposals.map(({ length }) => length),
      [2, 3],
    )
    assert.deepEqual(scp.counts, { open: 1, released: 1, broken: 0 })
  })

  it('are two for two hundred kinds of instances that come in order', async (t) => {
    const scp = await startScp(t, { syntaxes: [jpegBaseline] })
    const sender = createSender(t)
    const classes = Array.from({ length: 200 }, (_, index) => `1.2.840.10008.5.1.4.9.${100 + index}`)
    sender.expect(
      scp.destination,
      classes.map((sopClassUid) => ({ sopClassUid, transferSyntaxUid: jpegBaseline })),
    )
    for (const sopClassUid of classes) {
      const compressed = makeFile({ transferSyntax: jpegBaseline, instance: `1.2.${sopClassUid.slice(-3)}` })
      const renamed = compressed.toString('latin1').replaceAll(secondaryCapture, sopClassUid)
      await sender.send(scp.destination, sourceOf(Buffer.from(renamed, 'latin1')))
    }
    assert.equal(scp.received.length, 200)
    assert.deepEqual(
      scp.proposals.map(({ length }) => length),
      [128, 128],
    )
    assert.deepEqual(scp.counts, { open: 1, released: 1, broken: 0 })
  })

  it('propose 128 contexts at most, with the one that matters', async (t) => {
    const scp = await startScp(t)
    const sender = createSender(t)
    sender.expect(scp.destination, pairs(200))
    await sender.send(scp.destination, file(1))
    assert.equal(scp.received.length, 1)
    assert.deepEqual(
      scp.proposals.map(({ length }) => length),
      [128],
    )
  })
})

describe('RememberedPairs', () => {
  it('begins with what is wanted, and goes on with what was announced after it', () => {
    const remembered = new RememberedPairs(remoteLimits)
    const [a, b, c, d] = pairs(4)
    assert.ok(a && b && c && d)
    remembered.announce('x', [a, b, c])
    assert.deepEqual(remembered.startingWith('x', [b]), [b, c, a])
    remembered.add('x', [a, d])
    assert.deepEqual(remembered.startingWith('x', [d]), [d, a, b, c])
    remembered.announce('x', [c, a])
    assert.deepEqual(remembered.startingWith('x', [c]), [c, a, b, d])
    assert.deepEqual(remembered.startingWith('y', [c]), [c])
  })

  it('forgets what was named first, by pair and by destination, but not what is wanted', () => {
    const remembered = new RememberedPairs({ rememberedPairs: 2, rememberedDestinations: 2 })
    const [a, b, c] = pairs(3)
    assert.ok(a && b && c)
    remembered.add('x', [a, b, c])
    assert.deepEqual(remembered.startingWith('x', [c]), [c, b])
    assert.deepEqual(remembered.startingWith('x', [a]), [a, b, c])
    remembered.add('y', [b])
    remembered.add('x', [b])
    remembered.add('z', [b])
    assert.deepEqual(remembered.startingWith('y', [a]), [a])
    assert.deepEqual(remembered.startingWith('x', [a]), [a, b, c])
  })
})
