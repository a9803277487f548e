import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { get, getJson } from './support/http.ts'
import { forEach, storedSizes } from './support/instances.ts'
import { sleep, watchMemory } from './support/processes.ts'
import { noise } from './support/random.ts'
import {
  associateRequest,
  dataPdu,
  echoCommand,
  PduSocket,
  pdu,
  Scu,
  splitFile,
  storeCommand,
  storeFile,
  verification,
} from './support/scu.ts'
import {
  type RunningServer,
  serverUnderTest,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import {
  explicitLittleEndian,
  imageFile,
  implicitLittleEndian,
  seriesOf,
  sopClasses,
} from './support/synthetic.ts'

const folder = temporaryFolder('attack-pdu')
const skip = skipWithoutServer()
const options = { skip, timeout: 60_000 }
const onlyOurs = { ...options, skip: skip || (serverUnderTest === 'orthanc' && 'not claimed for Orthanc') }
const pixels = noise(512 * 512 * 2, 1)
const echoContext = { abstractSyntax: verification, transferSyntaxes: [implicitLittleEndian] }
const ctContext = { abstractSyntax: sopClasses.ctImage, transferSyntaxes: [explicitLittleEndian] }
let server: RunningServer
let port = 0

before(async () => {
  if (skip) return
  server = await startServer(serverUnderTest, {
    folder: folder.path,
    config: { DicomScpTimeout: 5 },
    // The young generation grows as it likes up to its limit, which would look like a leak.
    env: { NODE_OPTIONS: '--max-semi-space-size=1' },
  })
  port = server.dicomPort
})

after(async () => {
  if (!skip) {
    const isAlive = server.isAlive()
    await server.kill()
    assert.equal(isAlive, true, `the server ended:\n${server.log().slice(-2000)}`)
  }
  folder.remove()
})

const fileNamed = (name: string, size = 64) => {
  const [image] = seriesOf(name, 1, size, size)
  assert.ok(image)
  return imageFile(image, pixels)
}

/** Whoever comes after an attack is served. */
async function assertServing(): Promise<void> {
  const scu = await Scu.open(port, { contexts: [echoContext] })
  assert.equal(await scu.echo(), 0)
  await scu.release()
  assert.equal((await get(server.httpPort, '/system')).status, 200)
}

const count = async () =>
  (await getJson<{ CountInstances: number }>(server.httpPort, '/statistics')).CountInstances

/** Sends bytes on a connection of their own, and waits until the server rejects, aborts or closes it (or 10 s). */
async function sendRaw(...parts: readonly Uint8Array[]): Promise<'closed' | 'open'> {
  const connection = new PduSocket(port)
  for (const [index, part] of parts.entries()) {
    await connection.send(part).catch(() => undefined)
    // What follows is meant for an association that exists.
    if (part === associate && index === 0 && parts.length > 1)
      assert.equal((await connection.receive())?.type, 2)
  }
  const until = performance.now() + 10_000
  let state: 'closed' | 'open' = 'open'
  while (state === 'open' && performance.now() < until) {
    const left = Math.max(1, until - performance.now())
    const answer = await connection.receive(left).catch(() => 'silence' as const)
    if (answer === undefined || (answer !== 'silence' && [3, 7].includes(answer.type))) state = 'closed'
    else if (answer === 'silence') break
  }
  connection.destroy()
  return state
}

const associate = associateRequest({ contexts: [echoContext, ctContext] })

test(
  'PDUs of impossible length, unknown type or in the wrong place end the association',
  options,
  async () => {
    const memory = watchMemory(server.pid)
    const before = server.residentBytes()
    const huge = 0xffff_ffff
    assert.equal(await sendRaw(pdu(1, Buffer.alloc(1000), huge)), 'closed')
    assert.equal(await sendRaw(associate, pdu(4, Buffer.alloc(1000), huge)), 'closed')
    assert.equal(await sendRaw(pdu(0x99, Buffer.alloc(10))), 'closed')
    assert.equal(await sendRaw(associate, pdu(0x99, Buffer.alloc(10))), 'closed')
    assert.equal(await sendRaw(dataPdu(1, true, true, echoCommand())), 'closed')
    assert.equal(await sendRaw(pdu(5, Buffer.alloc(4))), 'closed')
    assert.equal(await sendRaw(associate, associate), 'closed')
    assert.equal(await sendRaw(associate, pdu(2, Buffer.alloc(100))), 'closed')
    assert.equal(await sendRaw(pdu(1, Buffer.alloc(0))), 'closed')
    assert.equal(await sendRaw(pdu(1, Buffer.alloc(68, 0xff))), 'closed')
    assert.equal(memory.stop() - before < 100e6, true)
    await assertServing()
  },
)

test('associate requests whose items lie about their lengths', options, async () => {
  for (let offset = 74; offset < associate.length; offset++) {
    const broken = Buffer.from(associate)
    broken[offset] = 0xff
    const connection = new PduSocket(port)
    await connection.send(broken)
    const answer = await connection.receive(10_000).catch(() => undefined)
    assert.equal(answer === undefined || [2, 3, 7].includes(answer.type), true)
    connection.destroy()
  }
  await assertServing()
})

test('PDVs without content, and PDVs that are none', options, async () => {
  const empty = dataPdu(1, true, false, Buffer.alloc(0))
  const connection = new PduSocket(port)
  await connection.send(associate)
  assert.equal((await connection.receive())?.type, 2)
  for (let sent = 0; sent < 2000; sent++) await connection.send(empty)
  await connection.send(dataPdu(1, true, true, echoCommand()))
  const answer = await connection.receive().catch(() => undefined)
  assert.equal(answer === undefined || answer.type === 4 || answer.type === 7, true)
  connection.destroy()
  const pdv = (length: number, rest: number) => {
    const bytes = Buffer.alloc(4 + rest)
    bytes.writeUInt32BE(length, 0)
    return pdu(4, bytes)
  }
  for (const broken of [
    pdv(0, 0),
    pdv(0, 10),
    pdv(1, 1),
    pdv(0xffff_ffff, 10),
    pdv(100, 10),
    pdu(4, Buffer.alloc(3)),
  ]) {
    assert.equal(await sendRaw(associate, broken), 'closed')
  }
  await assertServing()
})

test('a command set that never ends, and one that is no command set', options, async () => {
  const memory = watchMemory(server.pid)
  const before = server.residentBytes()
  const fragments = Array.from({ length: 200 }, () => dataPdu(1, true, false, Buffer.alloc(16_000)))
  assert.equal(await sendRaw(associate, ...fragments), 'closed')
  await sendRaw(associate, dataPdu(1, true, true, Buffer.alloc(1000, 0xff)))
  await sendRaw(associate, dataPdu(1, true, true, Buffer.alloc(0)))
  await sendRaw(associate, dataPdu(1, false, true, Buffer.alloc(10)))
  await sendRaw(associate, dataPdu(77, true, true, echoCommand()))
  await sendRaw(
    associate,
    dataPdu(3, true, true, storeCommand('9'.repeat(2000), '../../x')),
    dataPdu(3, false, true, Buffer.alloc(10)),
  )
  assert.equal(memory.stop() - before < 100e6, true)
  await assertServing()
})

test('a data set that never ends is given up after the time allowed', onlyOurs, async () => {
  const before = await count()
  const file = splitFile(fileNamed('never ended'))
  const command = storeCommand(file.sopClassUid, file.sopInstanceUid)
  const started = performance.now()
  assert.equal(
    await sendRaw(associate, dataPdu(3, true, true, command), dataPdu(3, false, false, file.dataSet)),
    'closed',
  )
  assert.equal(performance.now() - started < 9000, true)
  assert.equal(await count(), before)
  await assertServing()
})

test('an association in single bytes', options, async () => {
  const connection = new PduSocket(port)
  const inBytes = async (bytes: Buffer) => {
    for (const byte of bytes) await connection.send(Uint8Array.of(byte))
  }
  await inBytes(associate)
  assert.equal((await connection.receive())?.type, 2)
  await inBytes(dataPdu(1, true, true, echoCommand()))
  assert.equal((await connection.receive())?.type, 4)
  await inBytes(pdu(5, Buffer.alloc(4)))
  assert.equal((await connection.receive())?.type, 6)
  connection.destroy()
})

test('128 presentation contexts, and more than there can be', options, async () => {
  const scu = await Scu.open(port, { contexts: Array(128).fill(echoContext) })
  assert.equal(scu.accepted.size, 128)
  assert.equal(await scu.echo(255), 0)
  await scu.release()
  const many = {
    contexts: Array(1000).fill({ ...echoContext, transferSyntaxes: Array(20).fill(implicitLittleEndian) }),
  }
  const tooMany = await Scu.open(port, many).catch(() => undefined)
  tooMany?.connection.destroy()
  const none = await Scu.open(port, { contexts: [] }).catch(() => undefined)
  none?.connection.destroy()
  await assertServing()
})

test('strange AE titles', options, async () => {
  const titles = [
    '../../../etc/xx',
    '',
    Buffer.alloc(16),
    Buffer.alloc(16, 0xff),
    '\r\nX: y',
    '$\x7bjndi:ldap://x}',
    '<script>',
    '%s%s%s%n',
  ]
  for (const title of titles) {
    const scu = await Scu.open(port, {
      contexts: [echoContext, ctContext],
      callingAeTitle: title,
      calledAeTitle: title,
    }).catch(() => undefined)
    if (scu !== undefined) assert.equal(await scu.echo(), 0)
    if (scu?.accepted.has(3)) {
      const file = splitFile(fileNamed(`title ${titles.indexOf(title)}`))
      assert.equal(await scu.store({ ...file, contextId: 3, dataSet: [file.dataSet] }), 0)
    }
    await scu?.release()
  }
  const ids = await getJson<readonly string[]>(server.httpPort, '/instances')
  for (const id of ids)
    assert.equal((await get(server.httpPort, `/instances/${id}/metadata?expand`)).status, 200)
  assert.doesNotMatch(server.log(), /\nX: y/, 'the log was forged')
})

test('C-STORE broken off in the middle stores nothing', options, async () => {
  const before = await count()
  const file = splitFile(fileNamed('broken off', 512))
  for (let times = 0; times < 20; times++) {
    const connection = new PduSocket(port)
    await connection.send(associate)
    assert.equal((await connection.receive())?.type, 2)
    await connection.send(dataPdu(3, true, true, storeCommand(file.sopClassUid, file.sopInstanceUid)))
    await connection.send(dataPdu(3, false, false, file.dataSet.subarray(0, 16_000)))
    if (times % 2 === 0) await connection.send(pdu(7, Buffer.alloc(4)))
    connection.destroy()
  }
  for (let tries = 0; tries < 40; tries++) {
    if (storedSizes(server.storage).filter((size) => size > 0).length === before) break
    await sleep(50)
  }
  assert.equal(await count(), before)
  if (serverUnderTest === 'kingsfoil')
    assert.equal(storedSizes(server.storage).filter((size) => size > 0).length, before)
  await assertServing()
})

test('a data set that is another instance than its command says', options, async () => {
  const before = await count()
  const file = splitFile(fileNamed('other'))
  const scu = await Scu.open(port, { contexts: [ctContext] })
  const wrong = {
    sopClassUid: file.sopClassUid,
    sopInstanceUid: '1.2.3',
    contextId: 1,
    dataSet: [file.dataSet],
  }
  assert.equal(await scu.store(wrong), 0xa900)
  assert.equal(await count(), before)
  const right = {
    sopClassUid: file.sopClassUid,
    sopInstanceUid: file.sopInstanceUid,
    contextId: 1,
    dataSet: [file.dataSet],
  }
  assert.equal(await scu.store(right), 0, 'the association goes on')
  assert.equal(await scu.store({ ...right, dataSet: [Buffer.alloc(100, 0x42)] }), 0xc000)
  await scu.release()
  assert.equal(await count(), before + 1)
})

test('a flood of associations leaves room once it is over', onlyOurs, async () => {
  const flood = Array.from({ length: 300 }, () => new PduSocket(port))
  await Promise.all(flood.map((connection) => connection.send(associate).catch(() => undefined)))
  await sleep(500)
  assert.equal((await get(server.httpPort, '/system')).status, 200)
  for (const connection of flood) connection.destroy()
  await sleep(200)
  await assertServing()
  assert.equal(await storeFile(port, fileNamed('after the flood')), 0)
})

test('10,000 connections that say nothing cost no memory', onlyOurs, async (t) => {
  const touch = () =>
    new Promise<void>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.once('connect', () => socket.destroy())
      socket.once('error', () => undefined)
      socket.once('close', () => resolve())
    })
  const touchMany = (times: number) => forEach(Array(times).keys(), 16, touch)
  await touchMany(3000)
  // The heap may take its time to find its size; what leaks leaks each time.
  let grown = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < 3 && grown >= 10e6; tries++) {
    const before = server.residentBytes()
    await touchMany(10_000)
    await sleep(300)
    grown = server.residentBytes() - before
    t.diagnostic(
      `resident memory ${(before / 1e6).toFixed(0)} MB, ${(grown / 1e6).toFixed(1)} MB more afterwards`,
    )
  }
  assert.equal(grown < 10e6, true, `${grown} bytes more`)
  await assertServing()
})
