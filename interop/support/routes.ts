import type { HttpAnswer } from './http.ts'
import type { Client } from './instances.ts'

const instanceRoutes = [
  '',
  '?full',
  '?short',
  '/tags',
  '/tags?simplify',
  '/tags?short',
  '/tags?whole',
  '/simplified-tags',
  '/header',
  '/header?simplify',
  '/content',
  '/file',
  '/metadata',
  '/metadata?expand',
  '/attachments',
  '/attachments/dicom',
  '/attachments/dicom/data',
  '/attachments/dicom/md5',
  '/attachments/dicom/size',
  '/attachments/dicom/info',
  '/module',
  '/statistics',
  '/patient',
  '/study',
  '/series',
  '/labels',
] as const

const collectionRoutes = [
  '/instances?expand',
  '/series?expand',
  '/studies?expand',
  '/patients?expand',
  '/statistics',
  '/changes?limit=1000',
] as const

type Report = (path: string, answer: HttpAnswer) => void

/** Walks `/content` two levels down, through every element and the first items of sequences. */
async function readContent(client: Client, id: string, report: Report): Promise<void> {
  const root = `/instances/${id}/content`
  const pending = [root]
  for (let walked = 0; walked < 200; walked++) {
    const path = pending.shift()
    if (path === undefined) return
    const answer = await client.send('GET', path)
    report(path, answer)
    if (answer.status !== 200 || !String(answer.headers['content-type']).startsWith('application/json'))
      continue
    if (path.slice(root.length).split('/').length > 4) continue
    const children = JSON.parse(answer.body.toString()) as readonly string[]
    pending.push(...children.slice(0, 100).map((child) => `${path}/${child}`))
  }
}

/** Asks everything that can be asked about an instance. */
export async function readEverything(client: Client, id: string, report: Report): Promise<void> {
  for (const route of instanceRoutes) {
    const path = `/instances/${id}${route}`
    report(path, await client.send('GET', path))
  }
  const verify = `/instances/${id}/attachments/dicom/verify-md5`
  report(verify, await client.send('POST', verify, ''))
  await readContent(client, id, report)
}

/** Asks for the lists of all resources. */
export async function readLists(client: Client, report: Report): Promise<void> {
  for (const path of collectionRoutes) report(path, await client.send('GET', path))
}
