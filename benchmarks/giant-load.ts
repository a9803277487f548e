import { request } from 'node:http'
import { Readable } from 'node:stream'
import { noise } from '../interop/support/random.ts'
import { Scu } from '../interop/support/scu.ts'
import {
  dataSetHead,
  explicitLittleEndian,
  fileHead,
  type ImageDescription,
  pixelBytesOf,
  seriesOf,
  sopClasses,
} from '../interop/support/synthetic.ts'

/** Instances so large that nobody may hold them in memory, generated while they are sent, all at the same time. */
export interface GiantJob {
  readonly kind: 'http' | 'dicom'
  readonly port: number
  readonly name: string
  readonly count: number
  /** Of 512×512×16 bit: 2048 make 1 GiB. */
  readonly frames: number
}

function* bytesOf(image: ImageDescription, head: Buffer, pool: Buffer): Iterable<Buffer> {
  yield head
  for (let left = pixelBytesOf(image); left > 0; left -= pool.length)
    yield pool.subarray(0, Math.min(left, pool.length))
}

function upload(port: number, image: ImageDescription, pool: Buffer): Promise<void> {
  const head = fileHead(image)
  const headers = { 'Content-Type': 'application/dicom', 'Content-Length': head.length + pixelBytesOf(image) }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, method: 'POST', path: '/instances', headers },
      (incoming) => {
        incoming.resume()
        incoming.once('end', () =>
          incoming.statusCode === 200 ? resolve() : reject(new Error(`status ${incoming.statusCode}`)),
        )
      },
    )
    outgoing.once('error', reject)
    Readable.from(bytesOf(image, head, pool)).pipe(outgoing)
  })
}

async function send(port: number, image: ImageDescription, pool: Buffer): Promise<void> {
  const sopClassUid = sopClasses.multiFrameGrayscaleWord
  const contexts = [{ abstractSyntax: sopClassUid, transferSyntaxes: [explicitLittleEndian] }]
  const scu = await Scu.open(port, { contexts }, 600_000)
  const dataSet = bytesOf(image, dataSetHead(image), pool)
  const status = await scu.store({
    sopClassUid,
    sopInstanceUid: image.sopInstanceUid,
    contextId: 1,
    dataSet,
    timeoutMs: 600_000,
  })
  if (status !== 0) throw new Error(`status ${status?.toString(16)}`)
  await scu.release()
}

const { kind, port, name, count, frames } = JSON.parse(process.argv[2] ?? '{}') as GiantJob
const pool = noise(1 << 20, 1)
const started = performance.now()
await Promise.all(
  seriesOf(name, count, 512, 512).map((image) =>
    (kind === 'http' ? upload : send)(port, { ...image, frames }, pool),
  ),
)
process.stdout.write(JSON.stringify({ seconds: (performance.now() - started) / 1000 }))
