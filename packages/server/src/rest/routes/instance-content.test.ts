import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { makeFile } from '../dicom.fixture.ts'
import { startServer, type TestServer } from '../server.fixture.ts'

let server: TestServer
let path = ''
const pixels = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251))
const file = makeFile({
  pixels,
  more: [
    [0x00204000, 'LT', 'x'.repeat(300)],
    [0x00281201, 'OW', Buffer.from([1, 2, 3, 4])],
  ],
})

before(async () => {
  server = await startServer()
  path = await upload(file)
})
after(() => server[Symbol.asyncDispose]())

async function upload(content: Buffer<ArrayBuffer>): Promise<string> {
  const answer = await fetch(`${server.url}/instances`, {
    method: 'POST',
    body: content,
  })
  return ((await answer.json()) as { Path: string }).Path
}

async function get(target: string, headers: Record<string, string> = {}, method = 'GET') {
  const answer = await fetch(server.url + target, { headers, method })
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, headers: answer.headers, bytes, text: bytes.toString('latin1') }
}

const value = async (target: string) => JSON.parse((await get(target)).text)

test('tags in three formats', async () => {
  const full = await value(`${path}/tags`)
  assert.deepEqual(full['0010,0010'], { Name: 'PatientName', Type: 'String', Value: 'Doe^J\u00e9r\u00f4me' })
  assert.deepEqual(full['0020,4000'], { Name: 'ImageComments', Type: 'TooLong', Value: null })
  assert.equal(full['0008,1140'].Value[1]['0008,1155'].Value, '1.2.4')
  const simplified = await value(`${path}/simplified-tags`)
  assert.equal(simplified.PatientName, 'Doe^J\u00e9r\u00f4me')
  assert.deepEqual(await value(`${path}/tags?simplify`), simplified)
  assert.equal((await value(`${path}/tags?short`))['0010,0020'], 'P1')
  const { text, headers } = await get(`${path}/simplified-tags`)
  assert.match(text, /"PatientName" : "Doe\^J\\u00e9r\\u00f4me"/)
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
})

test('long values on demand', async () => {
  for (const name of ['ImageComments', '0020-4000', '00204000', 'PatientName,0020-4000']) {
    assert.equal(
      (await value(`${path}/simplified-tags?ignore-length=${name}`)).ImageComments.length,
      300,
      name,
    )
  }
  const { status, text } = await get(`${path}/tags?ignore-length=Nonsense`)
  assert.deepEqual([status, JSON.parse(text).OrthancStatus], [500, 27])
})

test('the whole data set on demand', async () => {
  const after = await upload(
    makeFile({ instance: '1.8', pixels: Buffer.alloc(8), trailing: [[0xfffcfffc, 'OB', Buffer.alloc(2)]] }),
  )
  assert.equal((await value(`${after}/tags?short`))['fffc,fffc'], undefined)
  assert.equal((await value(`${after}/tags?short&whole`))['fffc,fffc'], null)
  assert.ok('DataSetTrailingPadding' in (await value(`${after}/simplified-tags?whole=1`)))
})

test('the file meta information', async () => {
  const header = await value(`${path}/header?simplify`)
  assert.equal(header.TransferSyntaxUID, '1.2.840.10008.1.2.1')
  assert.equal((await value(`${path}/header`))['0002,0010'].Name, 'TransferSyntaxUID')
  assert.equal((await value(`${path}/header?short`))['0002,0003'], '1.2.3.3')
})

test('the data set as a tree', async () => {
  const tags = await value(`${path}/content`)
  assert.deepEqual([tags[0], tags.at(-1)], ['0008-0005', '7fe0-0010'])
  assert.deepEqual(await value(`${path}/content/0008-1140`), ['0', '1'])
  assert.deepEqual(await value(`${path}/content/ReferencedImageSequence/1/`), ['0008-1155'])
  for (const leaf of ['0010-0020', '0010,0020', '00100020', 'PatientID']) {
    const { text, headers } = await get(`${path}/content/${leaf}`)
    assert.deepEqual([text, headers.get('content-type')], ['P1', 'application/octet-stream'])
  }
  assert.equal((await get(`${path}/content/0008-1140/1/0008-1155`)).text, '1.2.4\0')
  assert.equal((await get(`${path}/content/0010-0010`)).text, 'Doe^J\xe9r\xf4me')
  assert.deepEqual(await value(`${path}/content/7fe0-0010`), ['0'])
  assert.ok((await get(`${path}/content/7fe0-0010/0`)).bytes.equals(pixels))
  for (const nowhere of [
    '0010-0030',
    '0008-1140/2',
    '0008-1140/x',
    '0008-1140/-1',
    '0010-0020/0',
    '7fe0-0010/1',
    '7fe0-0010/0/0',
  ]) {
    const { status, text } = await get(`${path}/content/${nowhere}`)
    assert.deepEqual([status, text], [404, ''], nowhere)
  }
  const { status, text } = await get(`${path}/content/Nonsense`)
  assert.deepEqual([status, JSON.parse(text).OrthancStatus], [500, 27])
})

test('the fragments of encapsulated Pixel Data', async () => {
  const fragments = [Buffer.alloc(0), Buffer.from('abcd'), Buffer.from('efgh')]
  const jpeg = await upload(
    makeFile({ instance: '1.7', transferSyntax: '1.2.840.10008.1.2.4.50', pixels: { fragments } }),
  )
  assert.deepEqual(await value(`${jpeg}/content/7fe0-0010`), ['0', '1', '2'])
  assert.equal((await get(`${jpeg}/content/7fe0-0010/0`)).text, '')
  assert.equal((await get(`${jpeg}/content/7fe0-0010/2`)).text, 'efgh')
  assert.equal((await get(`${jpeg}/content/7fe0-0010/3`)).status, 404)
})

test('a deflated data set reads like any other', async () => {
  const deflated = makeFile({
    instance: '1.9',
    transferSyntax: '1.2.840.10008.1.2.1.99',
    deflate: true,
    more: [[0x00281201, 'OW', pixels]],
    pixels,
  })
  const target = await upload(deflated)
  assert.equal((await value(`${target}/simplified-tags`)).PatientID, 'P1')
  assert.equal((await get(`${target}/content/PatientID`)).text, 'P1')
  assert.ok((await get(`${target}/content/0028-1201`)).bytes.equals(pixels))
  assert.ok((await get(`${target}/content/7fe0-0010/0`)).bytes.equals(pixels))
  assert.ok((await get(`${target}/file`)).bytes.equals(deflated))
})

test('the file', async () => {
  const { bytes, headers } = await get(`${path}/file`)
  assert.ok(bytes.equals(file))
  assert.equal(headers.get('content-type'), 'application/dicom')
  assert.equal(headers.get('content-length'), String(file.length))
  assert.equal(headers.get('content-disposition'), `filename="${path.split('/')[2]}.dcm"`)
  const named = await get(`${path}/file?filename=a%20b.dcm`)
  assert.equal(named.headers.get('content-disposition'), 'filename="a b.dcm"')
})

test('the file in the syntax it has, and in no other', async () => {
  assert.ok((await get(`${path}/file?transcode=1.2.840.10008.1.2.1`)).bytes.equals(file))
  const other = await get(`${path}/file?transcode=1.2.840.10008.1.2.4.50`)
  assert.deepEqual([other.status, other.text], [404, ''])
  for (const uid of ['nonsense', '', '1.2.3']) {
    assert.equal((await get(`${path}/file?transcode=${uid}`)).status, 400, uid)
  }
})

test('the file as DICOM JSON and XML, with large values elsewhere', async () => {
  const json = await get(`${path}/file`, { accept: 'application/dicom+json' })
  assert.equal(json.headers.get('content-type'), 'application/dicom+json')
  const model = JSON.parse(json.text)
  assert.deepEqual(model['00100020'], { vr: 'LO', Value: ['P1'] })
  assert.ok((await get(model['7FE00010'].BulkDataURI)).bytes.equals(pixels))
  const xml = await get(`${path}/file`, { accept: 'application/dicom+xml' })
  assert.equal(xml.headers.get('content-type'), 'application/dicom+xml')
  assert.match(xml.text, /^<\?xml version="1.0" encoding="(utf|UTF)-8"\?>\s*<NativeDicomModel/)
})

test('metadata', async () => {
  const names: readonly string[] = await value(`${path}/metadata`)
  assert.ok(names.includes('Origin') && names.includes('TransferSyntax'))
  assert.ok((await value(`${path}/metadata?numeric`)).includes(8))
  const expanded = await value(`${path}/metadata?expand`)
  assert.equal(expanded.Origin, 'RestApi')
  assert.equal(expanded.RemoteIP, '127.0.0.1')
  assert.equal((await value(`${path}/metadata?expand&numeric`))['8'], 'RestApi')
  for (const name of ['Origin', '8']) {
    const { text, headers } = await get(`${path}/metadata/${name}`)
    assert.deepEqual([text, headers.get('content-type')], ['RestApi', 'text/plain'])
    assert.equal(headers.get('etag'), `"0-${hash('md5', 'RestApi')}"`)
  }
  const etag = `"0-${hash('md5', 'RestApi')}"`
  const known = await get(`${path}/metadata/8`, { 'If-None-Match': etag })
  assert.deepEqual([known.status, known.text, known.headers.get('etag')], [304, '', etag])
  for (const absent of ['AnonymizedFrom', 'mine', '1030', '0']) {
    const { status, text } = await get(`${path}/metadata/${absent}`)
    assert.deepEqual([status, text], [404, ''], absent)
  }
  assert.equal((await value(`${path}/metadata/Nonsense`)).OrthancStatus, 7)
})

test('attachments', async () => {
  const md5 = hash('md5', file)
  const size = String(file.length)
  const attachment = `${path}/attachments/dicom`
  assert.deepEqual(await value(`${path}/attachments`), ['dicom'])
  assert.deepEqual(await value(`${path}/attachments?full`), { dicom: 1 })
  const operations = [
    'compress',
    'compressed-data',
    'compressed-md5',
    'compressed-size',
    'data',
    'info',
    'is-compressed',
    'md5',
    'size',
    'uncompress',
    'verify-md5',
  ]
  for (const name of ['dicom', '1']) assert.deepEqual(await value(`${path}/attachments/${name}`), operations)
  for (const [name, expected] of Object.entries({
    md5,
    'compressed-md5': md5,
    size,
    'compressed-size': size,
    'is-compressed': '0',
  })) {
    const { text, headers } = await get(`${attachment}/${name}`)
    assert.deepEqual(
      [text, headers.get('content-type'), headers.get('etag')],
      [expected, 'text/plain', `"0-${md5}"`],
    )
  }
  const { FileUuid } = await value(path)
  assert.deepEqual(await value(`${attachment}/info`), {
    CompressedMD5: md5,
    CompressedSize: file.length,
    ContentType: 1,
    UncompressedMD5: md5,
    UncompressedSize: file.length,
    Uuid: FileUuid,
  })
  for (const name of ['data', 'compressed-data']) {
    const { bytes, headers } = await get(`${attachment}/${name}`)
    assert.ok(bytes.equals(file))
    assert.equal(headers.get('content-disposition'), `filename="${FileUuid}.dcm"`)
  }
  assert.equal((await get(`${attachment}/data`, { 'If-None-Match': `"0-${md5}"` })).status, 304)
  assert.equal((await value(`${path}/attachments/dicom-as-json`)).OrthancStatus, 17)
  assert.equal((await value(`${path}/attachments/1024/data`)).OrthancStatus, 17)
  assert.equal((await value(`${path}/attachments/nonsense`)).OrthancStatus, 7)
  const { ParentSeries } = await value(path)
  assert.deepEqual(await value(`/series/${ParentSeries}/attachments`), [])
  assert.deepEqual(await value(`/series/${ParentSeries}/attachments?full`), {})
  assert.equal((await value(`/series/${ParentSeries}/attachments/dicom/data`)).OrthancStatus, 17)
})

test('ranges of an attachment', async () => {
  const target = `${path}/attachments/dicom/data`
  const total = file.length
  for (const [range, start, end] of [
    ['bytes=0-9', 0, 10],
    ['bytes=128-131', 128, 132],
    ['bytes=1000000-2999999', 1_000_000, 3_000_000],
    ['bytes=-5', total - 5, total],
    [`bytes=${total - 1}-`, total - 1, total],
    [`bytes=5-${total * 2}`, 5, total],
  ] as const) {
    const { status, headers, bytes } = await get(target, { range })
    assert.equal(status, 206, range)
    assert.equal(headers.get('content-range'), `bytes ${start}-${end - 1}/${total}`)
    assert.ok(bytes.equals(file.subarray(start, end)), range)
  }
  const { status, text } = await get(target, { range: `bytes=${total}-` })
  assert.deepEqual([status, JSON.parse(text).OrthancStatus], [416, 41])
})

test('verify-md5 reads what is there', async () => {
  const other = await upload(makeFile({ instance: '1.6' }))
  const verify = () => get(`${other}/attachments/dicom/verify-md5`, {}, 'POST')
  const { status, text, headers } = await verify()
  assert.deepEqual([status, text, headers.get('content-type')], [200, '{}', 'application/json'])
  const { FileUuid } = await value(other)
  await writeFile(
    join(server.folder, FileUuid.slice(0, 2), FileUuid.slice(2, 4), FileUuid),
    makeFile({ instance: '1.5' }),
  )
  const damaged = await verify()
  assert.deepEqual([damaged.status, damaged.text], [400, ''])
  assert.equal((await get(`${other}/attachments/nonsense/verify-md5`, {}, 'POST')).status, 404)
})

test('a file that is gone is told before the answer begins', async () => {
  const other = await upload(makeFile({ instance: '1.4' }))
  const { FileUuid } = await value(other)
  await rm(join(server.folder, FileUuid.slice(0, 2), FileUuid.slice(2, 4), FileUuid))
  const { status, text } = await get(`${other}/file`)
  assert.deepEqual([status, JSON.parse(text).OrthancStatus], [404, 13])
})
