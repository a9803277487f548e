import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { knownDifferences } from './known-differences.ts'
import { compareJson, type Difference, explains } from './support/differences.ts'
import { type HttpAnswer, request } from './support/http.ts'
import { Client, md5Of } from './support/instances.ts'
import {
  type RunningServer,
  sharedFolder,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import { element, fileMeta, sopClasses } from './support/synthetic.ts'

const samples = join(sharedFolder, 'samples')
const folder = temporaryFolder('oracle')
const skip =
  skipWithoutServer('kingsfoil') ||
  skipWithoutServer('orthanc') ||
  (!existsSync(samples) && 'no ../shared/samples')
const used = new Set<number>()
let [ours, theirs]: RunningServer[] = []
let clients: readonly [Client, Client]

before(async () => {
  if (skip) return
  ours = await startServer('kingsfoil', { folder: join(folder.path, 'a') })
  theirs = await startServer('orthanc', { folder: join(folder.path, 'b') })
  clients = [new Client(ours.httpPort), new Client(theirs.httpPort)]
})

after(async () => {
  if (!skip) for (const client of clients) client.close()
  await Promise.all([ours?.kill(), theirs?.kill()])
  folder.remove()
})

const files = () =>
  readdirSync(samples, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(dcm|wl)$/.test(name))
    .sort()

const both = async (
  method: string,
  path: string,
  body?: string | Uint8Array,
): Promise<readonly [HttpAnswer, HttpAnswer]> => [
  await clients[0].send(method, path, body),
  await clients[1].send(method, path, body),
]

function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'))
  } catch {
    return answer.body.toString('latin1', 0, 200)
  }
}

/** Differences that no entry of the list explains. */
function unexplained(differences: Iterable<Difference>): readonly Difference[] {
  return [...differences].filter((difference) => {
    const index = knownDifferences.findIndex((known) => explains(known, difference))
    used.add(index)
    return index < 0
  })
}

const shown = (differences: readonly Difference[]) =>
  differences
    .slice(0, 40)
    .map(({ route, path, subject, ...values }) => `${route} ${path} of ${subject}: ${JSON.stringify(values)}`)

function* compareAnswers(
  route: string,
  subject: string,
  answers: readonly [HttpAnswer, HttpAnswer],
): Generator<Difference> {
  const [mine, other] = answers
  if (mine.status !== other.status)
    yield { route, path: 'status', ours: mine.status, theirs: other.status, subject }
  else for (const found of compareJson(jsonOf(mine), jsonOf(other))) yield { route, subject, ...found }
}

const instanceRoutes = [
  '',
  '/tags',
  '/tags?simplify',
  '/tags?short',
  '/simplified-tags',
  '/header',
  '/header?short',
  '/content',
  '/metadata',
  '/attachments',
  '/attachments/dicom',
  '/attachments/dicom/md5',
  '/attachments/dicom/size',
  '/module',
  '/patient',
  '/study',
  '/series',
  '/frames',
]
const seriesRoutes = [
  '',
  '/instances',
  '/study',
  '/patient',
  '/metadata',
  '/attachments',
  '/statistics',
  '/module',
  '/shared-tags?short',
  '/instances-tags?short',
  '/ordered-slices',
]
const studyRoutes = [
  '',
  '/series',
  '/patient',
  '/metadata',
  '/statistics',
  '/module',
  '/module-patient',
  '/shared-tags?short',
]
const patientRoutes = [
  '',
  '/studies',
  '/series',
  '/metadata',
  '/statistics',
  '/module',
  '/shared-tags?short',
  '/protected',
]

interface Reply {
  readonly ID: string
  readonly Status: string
  readonly ParentSeries?: string
  readonly ParentStudy?: string
  readonly ParentPatient?: string
}

const stored = new Map<string, Reply>()

test('uploads are accepted and named alike', { skip, timeout: 120_000 }, async (t) => {
  const differences: Difference[] = []
  for (const name of files()) {
    const answers = await both('POST', '/instances', readFileSync(join(samples, name)))
    differences.push(...compareAnswers('POST /instances', name, answers))
    const reply = jsonOf(answers[0]) as Reply
    const isNew = answers.every(({ status }) => status === 200) && reply.Status === 'Success'
    if (isNew) stored.set(name, reply)
    else if (reply.Status !== 'AlreadyStored')
      differences.push({ route: 'POST /instances', path: 'Status', ours: reply, theirs: '', subject: name })
  }
  t.diagnostic(`${stored.size} of ${files().length} files accepted by both`)
  assert.deepEqual(shown(unexplained(differences)), [])
})

test('files come back as they were sent', { skip, timeout: 120_000 }, async () => {
  for (const [name, { ID }] of stored) {
    const [mine] = await both('GET', `/instances/${ID}/file`)
    assert.equal(md5Of(mine.body), md5Of(readFileSync(join(samples, name))), name)
  }
})

for (const route of instanceRoutes) {
  test(`GET /instances/{id}${route}`, { skip, timeout: 60_000 }, async () => {
    const differences: Difference[] = []
    for (const [name, { ID }] of stored) {
      const answers = await both('GET', `/instances/${ID}${route}`)
      differences.push(...compareAnswers(`/instances/{id}${route}`, name, answers))
    }
    assert.deepEqual(shown(unexplained(differences)), [])
  })
}

async function compareParents(
  collection: string,
  ids: ReadonlySet<string>,
  routes: readonly string[],
): Promise<void> {
  const differences: Difference[] = []
  for (const id of ids) {
    for (const route of routes) {
      const answers = await both('GET', `/${collection}/${id}${route}`)
      differences.push(...compareAnswers(`/${collection}/{id}${route}`, id, answers))
    }
  }
  assert.deepEqual(shown(unexplained(differences)), [])
}

const parents = (name: 'ParentSeries' | 'ParentStudy' | 'ParentPatient') =>
  new Set([...stored.values()].map((reply) => reply[name] ?? ''))

test('series', { skip, timeout: 60_000 }, () =>
  compareParents('series', parents('ParentSeries'), seriesRoutes),
)
test('studies', { skip, timeout: 60_000 }, () =>
  compareParents('studies', parents('ParentStudy'), studyRoutes),
)
test('patients', { skip, timeout: 60_000 }, () =>
  compareParents('patients', parents('ParentPatient'), patientRoutes),
)

test('lists and statistics', { skip, timeout: 60_000 }, async () => {
  const differences: Difference[] = []
  for (const path of ['/patients', '/studies', '/series', '/instances']) {
    const answers = await both('GET', path)
    const [mine, other] = answers.map((answer) => [...(jsonOf(answer) as string[])].sort())
    for (const found of compareJson(mine, other)) differences.push({ route: path, subject: '', ...found })
  }
  for (const path of ['/statistics', '/system'])
    differences.push(...compareAnswers(path, '', await both('GET', path)))
  const types = async (server: 0 | 1) => {
    const answer = await clients[server].send('GET', '/changes?limit=100000')
    const { Changes } = jsonOf(answer) as {
      Changes: { ChangeType: string; ID: string; ResourceType: string }[]
    }
    return Changes.filter(({ ChangeType }) => ChangeType.startsWith('New')).map(
      ({ ChangeType, ID }) => `${ChangeType} ${ID}`,
    )
  }
  for (const found of compareJson(await types(0), await types(1)))
    differences.push({ route: '/changes', subject: '', ...found })
  assert.deepEqual(shown(unexplained(differences)), [])
})

const nowhere = '11111111-22222222-33333333-44444444-55555555'

/** Requests that go wrong, and a few that change something at the end. */
const requests: readonly (readonly [string, string, (string | Uint8Array)?])[] = [
  ['GET', '/nope'],
  ['GET', '/tools'],
  ['GET', `/instances/${nowhere}`],
  ['GET', `/studies/${nowhere}`],
  ['DELETE', `/patients/${nowhere}`],
  ...[
    'file',
    'tags',
    'simplified-tags',
    'header',
    'metadata',
    'attachments',
    'content',
    'statistics',
    'module',
    'series',
    'patient',
  ].map((name) => ['GET', `/instances/${nowhere}/${name}`] as const),
  ['GET', `/patients/${nowhere}/protected`],
  ['GET', `/series/${nowhere}/instances`],
  ['POST', '/instances', 'this is no DICOM file'],
  ['POST', '/instances', ''],
  [
    'POST',
    '/instances',
    Buffer.concat([
      fileMeta({ sopClassUid: sopClasses.ctImage, sopInstanceUid: '1.2.3' }),
      element(0x10, 0x10, 'PN', 'No^Uids'),
    ]),
  ],
  ['PUT', '/instances', ''],
  ['PATCH', '/instances', ''],
  ['DELETE', '/system'],
  ['POST', '/system', ''],
  ['OPTIONS', '/system'],
  ['GET', '/instances?since=1'],
  ['GET', '/instances?limit=1'],
  ['GET', '/instances?since=x&limit=1'],
  ['GET', '/patients/?limit=1&since=0'],
  ['GET', '//patients'],
  ['GET', '/changes?limit=1'],
  ['GET', '/changes?since=1000000'],
  ['GET', '/exports'],
  ['GET', '/system/'],
]

/** The same below an instance that both have. */
const instanceRequests: readonly (readonly [string, string, (string | Uint8Array)?])[] = [
  ['GET', '/nope'],
  ['GET', '/metadata/nope'],
  ['GET', '/metadata/1'],
  ['GET', '/metadata/ReceptionDate/x'],
  ['PUT', '/metadata/ReceptionDate', 'x'],
  ['DELETE', '/metadata/ReceptionDate'],
  ['PUT', '/metadata/nope', 'x'],
  ['GET', '/metadata/AnonymizedFrom'],
  ['GET', '/metadata/2000'],
  ['PUT', '/metadata/2000', 'mine'],
  ['GET', '/metadata/2000'],
  ['PUT', '/metadata/2000', 'yours'],
  ['DELETE', '/metadata/2000'],
  ['DELETE', '/metadata/2000'],
  ['PUT', '/metadata/70000', 'x'],
  ['PUT', '/attachments/nope', 'x'],
  ['PUT', '/attachments/70000', 'x'],
  ['GET', '/attachments/2000/data'],
  ['PUT', '/attachments/2000', 'mine'],
  ['GET', '/attachments/2000/size'],
  ['GET', '/attachments/2000/md5'],
  ['POST', '/attachments/2000/compress', ''],
  ['GET', '/attachments/2000/is-compressed'],
  ['GET', '/attachments/2000/compressed-size'],
  ['GET', '/attachments/2000/compressed-md5'],
  ['POST', '/attachments/2000/verify-md5', ''],
  ['POST', '/attachments/2000/uncompress', ''],
  ['GET', '/attachments/2000/compressed-size'],
  ['DELETE', '/attachments/2000'],
  ['DELETE', '/attachments/2000'],
  ['POST', '/attachments/2000/compress', ''],
  ['DELETE', '/attachments/dicom-as-json'],
  ['GET', '/attachments/nope'],
  ['GET', '/attachments/dicom-as-json/data'],
  ['GET', '/attachments/dicom/nope'],
  ['PUT', '/attachments/dicom', 'x'],
  ['DELETE', '/attachments/dicom'],
  ['POST', '/attachments/dicom/verify-md5', ''],
  ['GET', '/attachments/dicom/is-compressed'],
  ['GET', '/attachments/dicom/compressed-md5'],
  ['GET', '/attachments/dicom/compressed-size'],
  ['GET', '/content/0010-0010'],
  ['GET', '/content/0010-0010/0'],
  ['GET', '/content/PatientName'],
  ['GET', '/content/0099-0099'],
  ['GET', '/content/nope'],
  ['GET', '/content/7fe0-0010'],
  ['GET', '/tags?ignore-length=0010-0010'],
  ['DELETE', ''],
  ['GET', ''],
]

test('requests that go wrong', { skip, timeout: 60_000 }, async () => {
  const differences: Difference[] = []
  const last = [...stored.values()].at(-1)
  const all = [
    ...requests,
    ...instanceRequests.map(
      ([method, path, body]) => [method, `/instances/${last?.ID}${path}`, body] as const,
    ),
  ]
  for (const [method, path, body] of all) {
    const send = (port = 0) => request(port, method, path, body === undefined ? {} : { body })
    const answers = [await send(ours?.httpPort), await send(theirs?.httpPort)] as const
    const route = `${method} ${path.replace(last?.ID ?? 'none', '{id}').replace(nowhere, '{unknown}')}`
    differences.push(...compareAnswers(route, '', answers))
    for (const header of ['content-type', 'allow', 'location'] as const) {
      const [mine, other] = answers.map((answer) => answer.headers[header])
      if (mine !== other && answers[0].status === answers[1].status) {
        differences.push({ route, path: `header ${header}`, ours: mine, theirs: other, subject: '' })
      }
    }
  }
  assert.deepEqual(shown(unexplained(differences)), [])
})

test('every known difference is still one', { skip }, (t) => {
  const gone = knownDifferences.filter((_, index) => !used.has(index)).map(({ title }) => title)
  t.diagnostic(`${knownDifferences.length} known differences`)
  assert.deepEqual(gone, [])
})
