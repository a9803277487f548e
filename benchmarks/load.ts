import { noise } from '../interop/support/random.ts'
import { fileHead, pixelBytesOf, seriesOf } from '../interop/support/synthetic.ts'
import { LeanConnection, type LoadRequest, NodeHttpConnection } from './load-connection.ts'

/** What to send, as JSON in the first argument of the process. */
export type LoadJob = UploadJob | DownloadJob

interface Load {
  readonly port: number
  /** Connections, each with one request at a time. */
  readonly clients: number
  /** Node's own HTTP client, or the one that costs less processor time. */
  readonly client: 'node' | 'lean'
}

export interface UploadJob extends Load {
  readonly kind: 'upload'
  /** Patient, study and series follow from it. */
  readonly name: string
  readonly count: number
  readonly rows: number
  readonly columns: number
}

export interface DownloadJob extends Load {
  readonly kind: 'download'
  readonly paths: readonly string[]
  readonly count: number
}

/** What the process prints, as JSON. */
export interface LoadResult {
  readonly seconds: number
  readonly perSecond: number
  /** Of answers' bodies. */
  readonly bytes: number
  /** 99th percentile of the time of one request. */
  readonly p99Ms: number
  /** Instance ids from an upload's answers. */
  readonly ids: readonly string[]
}

type Requests = (index: number) => LoadRequest

function uploads(job: UploadJob): Requests {
  const heads = seriesOf(job.name, job.count, job.rows, job.columns).map(fileHead)
  const pixelBytes = pixelBytesOf(job)
  const pool = noise(pixelBytes + 4096, 1)
  return (index) => {
    const start = (index % 2048) * 2
    const body = [heads[index] ?? Buffer.alloc(0), pool.subarray(start, start + pixelBytes)]
    return { method: 'POST', path: '/instances', body }
  }
}

const downloads = ({ paths }: DownloadJob): Requests => {
  return (index) => ({ method: 'GET', path: paths[index % paths.length] ?? '/', body: [] })
}

async function runLoad(job: LoadJob): Promise<LoadResult> {
  const isUpload = job.kind === 'upload'
  const requests = isUpload ? uploads(job) : downloads(job)
  const ids = new Array<string>(isUpload ? job.count : 0)
  const times = new Float64Array(job.count)
  let [next, bytes] = [0, 0]
  const client = async () => {
    const connection = job.client === 'lean' ? new LeanConnection(job.port) : new NodeHttpConnection(job.port)
    while (next < job.count) {
      const index = next++
      const sent = performance.now()
      const reply = await connection.send(requests(index), isUpload)
      times[index] = performance.now() - sent
      if (reply.status !== 200)
        throw new Error(`status ${reply.status}: ${reply.body.toString('utf8', 0, 500)}`)
      bytes += reply.length
      if (isUpload) ids[index] = (JSON.parse(reply.body.toString()) as { ID: string }).ID
    }
    connection.close()
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: job.clients }, client))
  const seconds = (performance.now() - started) / 1000
  times.sort()
  const p99Ms = times[Math.min(job.count - 1, Math.floor(job.count * 0.99))] ?? 0
  return { seconds, perSecond: job.count / seconds, bytes, p99Ms, ids }
}

if (import.meta.main)
  process.stdout.write(JSON.stringify(await runLoad(JSON.parse(process.argv[2] ?? '{}') as LoadJob)))
