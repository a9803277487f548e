import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { createGzip, gzipSync } from 'node:zlib'
import { get, getJson, type HttpAnswer, post } from './support/http.ts'
import { watchMemory } from './support/processes.ts'
import { noise } from './support/random.ts'
import {
  type RunningServer,
  serverUnderTest,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import { fileHead, imageFile, seriesOf } from './support/synthetic.ts'
import { endOfCentralDirectory, type ZipEntry, zip64End, zipOf } from './support/zip.ts'

const folder = temporaryFolder('attack-upload')
const skip = skipWithoutServer()
const options = { skip, timeout: 60_000 }
const pixels = noise(64 * 64 * 2, 1)
let server: RunningServer

before(async () => {
  if (skip) return
  server = await startServer(serverUnderTest, {
    folder: folder.path,
    config: { MaximumFileSizeInArchiveMB: 16, TemporaryDirectory: folder.path },
  })
})

after(async () => {
  if (!skip) {
    const isAlive = server.isAlive()
    await server.kill()
    assert.equal(isAlive, true, `the server ended:\n${server.log().slice(-2000)}`)
  }
  folder.remove()
})

const fileNamed = (name: string) => {
  const [image] = seriesOf(name, 1, 64, 64)
  assert.ok(image)
  return imageFile(image, pixels)
}

const instances = async () =>
  (await getJson<{ CountInstances: number }>(server.httpPort, '/statistics')).CountInstances

/** Sends a body that is to be answered in time, with bounded memory, and leave nothing behind but `stores` instances. */
async function attack(
  body: Uint8Array,
  stores: number | undefined,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  const before = await instances()
  const memory = watchMemory(server.pid)
  const answer = await post(server.httpPort, '/instances', body, { headers })
  const peak = memory.stop()
  assert.equal(answer.status < 500, true, `status ${answer.status}: ${answer.body.toString('utf8', 0, 300)}`)
  assert.equal(answer.ms < 5000, true, `${answer.ms} ms`)
  assert.equal(peak < 500e6, true, `${peak} bytes resident`)
  if (stores !== undefined) assert.equal((await instances()) - before, stores)
  assert.equal((await get(server.httpPort, '/system')).status, 200)
  return answer
}

/** A valid image whose pixels are `megabytes` of zeros, through gzip. */
async function gzipBomb(name: string, megabytes: number): Promise<Buffer> {
  const [image] = seriesOf(name, 1, 1024, 512)
  assert.ok(image)
  const gzip = createGzip({ level: 1 })
  const chunks: Buffer[] = []
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk))
  gzip.write(fileHead({ ...image, frames: megabytes }))
  const zeros = Buffer.alloc(1 << 20)
  for (let written = 0; written < megabytes; written++) gzip.write(zeros)
  await new Promise((resolve) => gzip.once('end', resolve).end())
  return Buffer.concat(chunks)
}

test('gzip: honest, bomb, bomb with a forged size, cut', options, async () => {
  const gzip = { 'content-encoding': 'gzip' }
  const honest = gzipSync(fileNamed('gzip'))
  assert.equal((await attack(honest, 1, gzip)).status, 200)
  const bomb = await gzipBomb('gzip bomb', 512)
  assert.notEqual((await attack(bomb, 0, gzip)).status, 200)
  const forged = Buffer.from(bomb)
  forged.writeUInt32LE(1000, forged.length - 4)
  assert.notEqual((await attack(forged, 0, gzip)).status, 200)
  assert.notEqual((await attack(gzipSync(fileNamed('cut')).subarray(0, 500), 0, gzip)).status, 200)
  assert.notEqual((await attack(Buffer.from('not gzip at all'), 0, gzip)).status, 200)
  await attack(honest, 0, { 'content-encoding': 'br, gzip, gzip, deflate' })
})

test('ZIP: names with dots and symbolic links touch no file', options, async () => {
  const names = [
    '../../../../tmp/kingsfoil-slipped',
    '/tmp/kingsfoil-slipped',
    '..\\..\\kingsfoil-slipped',
    'a/../../b',
    'C:\\x',
    'nul\0name',
    '',
  ]
  const entries: ZipEntry[] = names.map((name, index) => ({
    name,
    content: fileNamed(`slip ${index}`),
    deflate: index % 2 === 0,
  }))
  const answer = await attack(zipOf(entries), undefined)
  assert.equal(answer.status === 200 || answer.status === 400, true)
  assert.equal(existsSync('/tmp/kingsfoil-slipped'), false)
  const link = { name: 'link', content: Buffer.from('/etc/passwd'), mode: 0o120777 }
  const linked = await attack(zipOf([link, { name: 'good.dcm', content: fileNamed('beside a link') }]), 1)
  assert.equal(linked.status, 200)
  assert.doesNotMatch(linked.body.toString(), /root:/)
})

test('ZIP: a million entries', options, async () => {
  const entry = { name: 'x', content: Buffer.alloc(0) }
  const answer = await attack(zipOf(Array<ZipEntry>(1_000_000).fill(entry), true), 0)
  assert.equal(answer.status >= 400, true)
})

test('ZIP: entries that share the same bytes, and bombs', options, async () => {
  const zeros = { name: 'zeros', content: Buffer.alloc(15 << 20), deflate: true }
  await attack(zipOf(Array<ZipEntry>(1000).fill(zeros), true), 0)
  await attack(zipOf([{ name: 'bomb', content: Buffer.alloc(256 << 20), deflate: true }]), 0)
  const liar = {
    name: 'liar',
    content: Buffer.concat([fileNamed('liar'), Buffer.alloc(64 << 20)]),
    deflate: true,
    claimedSize: 10,
  }
  await attack(zipOf([liar]), 0)
})

test('ZIP64 that lies', options, async () => {
  const huge = 2n ** 62n
  const lie = {
    name: 'lie',
    content: fileNamed('lie'),
    zip64: { size: huge, compressedSize: huge, offset: huge },
  }
  await attack(zipOf([lie]), 0)
  await attack(zipOf([{ ...lie, zip64: { size: 1n << 40n, compressedSize: 10n, offset: 0n } }]), 0)
  const body = zipOf([{ name: 'a', content: fileNamed('zip64') }]).subarray(0, -22)
  const end = endOfCentralDirectory(0xffff, 0xffffffff, 0xffffffff)
  await attack(Buffer.concat([body, zip64End(huge, huge, huge, body.length), end]), 0)
  await attack(Buffer.concat([body, zip64End(2n ** 60n, 100n, 0n, body.length), end]), 0)
  await attack(Buffer.concat([body, zip64End(1n, 100n, 0n, 0xfffffff), end]), 0)
})

test('ZIP: cut at many places', options, async () => {
  const whole = zipOf([
    { name: 'a', content: fileNamed('whole'), deflate: true },
    { name: 'b.txt', content: Buffer.from('text') },
  ])
  assert.equal((await attack(whole, 1)).status, 200)
  for (let length = 4; length < whole.length; length += Math.ceil(whole.length / 40)) {
    await attack(whole.subarray(0, length), undefined)
  }
})

test('nothing of all that stays in the folder for temporary files', {
  ...options,
  skip: skip || (serverUnderTest === 'orthanc' && 'not claimed'),
}, () => {
  const left = readdirSync(folder.path).filter((name) => !/^(storage|kingsfoil\.(json|log))$/.test(name))
  assert.deepEqual(left, [])
})

const part = (boundary: string, head: string, content: Uint8Array) =>
  Buffer.concat([Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), content, Buffer.from('\r\n')])

const form = (boundary: string, ...parts: readonly Buffer[]) =>
  Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])

const fileHeadOf = (name: string) =>
  `Content-Disposition: form-data; name="f"; filename="${name}"\r\nContent-Type: application/dicom`

test('multipart: honest and with tricks', options, async () => {
  const type = (boundary: string) => ({ 'content-type': `multipart/form-data; boundary=${boundary}` })
  const honest = form('b', part('b', fileHeadOf('a.dcm'), fileNamed('form')))
  assert.equal((await attack(honest, 1, type('b'))).status, 200)
  await attack(form('"', part('"', fileHeadOf('a'), Buffer.from('x'))), 0, type('"'))
  await attack(honest, 0, { 'content-type': 'multipart/form-data' })
  await attack(honest, 0, type(''))
  await attack(honest, undefined, type('b; boundary=c'))
  await attack(honest, 0, type('x'.repeat(10_000)))
  await attack(honest.subarray(0, 3000), 0, type('b'))
  await attack(form('b', part('b', 'no colon here', fileNamed('no colon'))), undefined, type('b'))
  await attack(
    form('b', part('b', `X: ${'x'.repeat(1 << 20)}`, fileNamed('large head'))),
    undefined,
    type('b'),
  )
  await attack(
    form('b', part('b', fileHeadOf('a\r\nX-Evil: 1\r\n\r\n../../x'), fileNamed('crlf'))),
    undefined,
    type('b'),
  )
  await attack(Buffer.from('--b\r\n'.repeat(200_000)), 0, type('b'))
  await attack(Buffer.from(`${'-'.repeat(1_000_000)}b`), 0, type('b'))
  const many = Array.from({ length: 20_000 }, () => part('b', fileHeadOf('x'), Buffer.alloc(0)))
  await attack(form('b', ...many), 0, type('b'))
  const nested = form('b', part('b', 'Content-Type: multipart/mixed; boundary=b', honest))
  await attack(nested, undefined, type('b'))
})
