import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { getJson, post, request } from './support/http.ts'
import { instanceIdOf } from './support/instances.ts'
import { run, skipWithout, sleep } from './support/processes.ts'
import { noise } from './support/random.ts'
import { storeFile } from './support/scu.ts'
import {
  type RunningServer,
  type ServerKind,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import { type ImageDescription, imageFile, seriesOf } from './support/synthetic.ts'

const pixels = noise(512 * 512 * 2, 1)
const folder = temporaryFolder('limits')
const kinds: readonly ServerKind[] = ['kingsfoil', 'orthanc']

after(() => folder.remove())

/** Half a megabyte each. */
const imagesOf = (patient: string, count: number) => seriesOf(patient, count, 512, 512)

async function withServer(
  kind: ServerKind,
  name: string,
  config: Readonly<Record<string, unknown>>,
  body: (
    server: RunningServer,
    options: { readonly folder: string; readonly config: object },
  ) => Promise<void>,
): Promise<void> {
  const own = join(folder.path, `${name}-${kind}`)
  mkdirSync(own)
  const options = { folder: own, config }
  const server = await startServer(kind, options)
  try {
    await body(server, options)
  } finally {
    await server.kill()
  }
}

const upload = async ({ httpPort }: RunningServer, image: ImageDescription) =>
  (await post(httpPort, '/instances', imageFile(image, pixels))).status

/** Patient IDs, in alphabetical order. */
async function patientsOf({ httpPort }: RunningServer): Promise<readonly string[]> {
  const patients = await getJson<readonly { MainDicomTags: { PatientID: string } }[]>(
    httpPort,
    '/patients?expand',
  )
  return patients.map(({ MainDicomTags }) => MainDicomTags.PatientID).sort()
}

/** Changes that tell of stability, in order. */
async function stableOf({ httpPort }: RunningServer): Promise<readonly string[]> {
  const { Changes } = await getJson<{ Changes: readonly { ChangeType: string }[] }>(
    httpPort,
    '/changes?limit=99',
  )
  return Changes.map(({ ChangeType }) => ChangeType).filter((type) => type.startsWith('Stable'))
}

const at = (images: readonly ImageDescription[], index: number) => images[index] ?? assert.fail()

for (const kind of kinds) {
  // Orthanc 1.10.1 answers 500, 1.12.11 answers 507.
  const refusal = kind === 'orthanc' ? 500 : 507
  const skip = skipWithoutServer(kind)

  test(`${kind}: at MaximumStorageSize the oldest patient that is not protected goes`, { skip }, () =>
    withServer(kind, 'recycle', { MaximumStorageSize: 2 }, async (server) => {
      const one = (patient: string) => at(imagesOf(patient, 1), 0)
      for (const patient of ['a', 'b', 'c']) assert.equal(await upload(server, one(patient)), 200)
      const found = await post(server.httpPort, '/tools/lookup', 'P-a')
      const [{ Path }] = JSON.parse(found.body.toString()) as readonly [{ Path: string }]
      assert.equal((await request(server.httpPort, 'PUT', `${Path}/protected`, { body: '1' })).status, 200)
      assert.equal(await upload(server, one('d')), 200)
      assert.deepEqual(await patientsOf(server), ['P-a', 'P-c', 'P-d'])
      assert.equal((await request(server.httpPort, 'PUT', `${Path}/protected`, { body: '0' })).status, 200)
      assert.equal(await upload(server, one('e')), 200)
      assert.deepEqual(await patientsOf(server), ['P-a', 'P-d', 'P-e'])
      const statistics = await getJson<{ TotalDiskSize: string }>(server.httpPort, '/statistics')
      assert.ok(Number(statistics.TotalDiskSize) <= 2 << 20)
    }),
  )

  test(`${kind}: MaximumPatientCount, and a patient with a new study is the youngest`, { skip }, () =>
    withServer(kind, 'patients', { MaximumPatientCount: 2 }, async (server) => {
      const small = (name: string, study: string) =>
        ({ ...at(seriesOf(`${name}${study}`, 1, 2, 2), 0), patientId: `P-${name}` }) as const
      assert.equal(await upload(server, small('a', '1')), 200)
      assert.equal(await upload(server, small('b', '1')), 200)
      assert.equal(await upload(server, small('a', '2')), 200)
      assert.equal(await upload(server, small('c', '1')), 200)
      assert.deepEqual(await patientsOf(server), ['P-a', 'P-c'])
    }),
  )

  test(
    `${kind}: with StableAge the series, the study and the patient become stable, in that order`,
    { skip },
    () =>
      withServer(kind, 'stable-order', { StableAge: 1 }, async (server) => {
        assert.equal(await upload(server, at(seriesOf('stable', 1, 2, 2), 0)), 200)
        for (let tries = 0; tries < 200 && (await stableOf(server)).length < 3; tries++) await sleep(50)
        assert.deepEqual(await stableOf(server), ['StableSeries', 'StableStudy', 'StablePatient'])
      }),
  )

  test(`${kind}: a patient with a new instance in an old study is the youngest`, { skip }, () =>
    withServer(kind, 'instance', { MaximumPatientCount: 2 }, async (server) => {
      const [first, second] = seriesOf('a', 2, 2, 2)
      if (!first || !second) return assert.fail()
      assert.equal(await upload(server, first), 200)
      assert.equal(await upload(server, at(seriesOf('b', 1, 2, 2), 0)), 200)
      assert.equal(await upload(server, second), 200)
      assert.equal(await upload(server, at(seriesOf('c', 1, 2, 2), 0)), 200)
      assert.deepEqual(await patientsOf(server), ['P-a', 'P-c'])
    }),
  )

  test(`${kind}: a patient alone never makes room for itself: 507, 0xA700`, { skip }, () =>
    withServer(kind, 'own', { MaximumStorageSize: 1 }, async (server) => {
      const images = imagesOf('own', 3)
      assert.equal(await upload(server, at(images, 0)), 200)
      assert.equal(await upload(server, at(images, 1)), refusal)
      assert.equal(await storeFile(server.dicomPort, imageFile(at(images, 2), pixels)), 0xa700)
      assert.deepEqual(await getJson(server.httpPort, '/instances'), [instanceIdOf(at(images, 0))])
    }),
  )
}

const skipOurs = skipWithoutServer('kingsfoil')

test(
  'Reject refuses by HTTP and by C-STORE, and /system tells the limits',
  {
    skip: skipOurs || skipWithout('storescu'),
  },
  () =>
    withServer(
      'kingsfoil',
      'reject',
      { MaximumStorageSize: 1, MaximumStorageMode: 'Reject' },
      async (server) => {
        const [first, second] = [at(imagesOf('x', 1), 0), at(imagesOf('y', 1), 0)]
        assert.equal(await upload(server, first), 200)
        const answer = await post(server.httpPort, '/instances', imageFile(second, pixels))
        assert.equal(answer.status, 507)
        assert.equal(JSON.parse(answer.body.toString()).OrthancStatus, 19)
        const file = join(folder.path, 'second.dcm')
        writeFileSync(file, imageFile(second, pixels))
        const sent = await run('storescu', ['-v', '127.0.0.1', String(server.dicomPort), file])
        assert.match(sent.stdout + sent.stderr, /Status|Refused|OutOfResources/i)
        assert.equal(await storeFile(server.dicomPort, imageFile(second, pixels)), 0xa700)
        assert.equal(await upload(server, first), 200)
        const system = await getJson<Record<string, unknown>>(server.httpPort, '/system')
        const { MaximumStorageSize, MaximumPatientCount, MaximumStorageMode } = system
        assert.deepEqual([MaximumStorageSize, MaximumPatientCount, MaximumStorageMode], [1, 0, 'Reject'])
        assert.deepEqual(await patientsOf(server), ['P-x'])
      },
    ),
)

test('what a killed server leaves unstable is told by the next one, once', { skip: skipOurs }, async () => {
  const own = join(folder.path, 'stable')
  mkdirSync(own)
  const options = { folder: own, config: { StableAge: 2 } }
  const first = await startServer('kingsfoil', options)
  assert.equal(await upload(first, at(seriesOf('stable', 1, 2, 2), 0)), 200)
  assert.deepEqual(await stableOf(first), [])
  await first.kill()
  for (const _ of [1, 2]) {
    const next = await startServer('kingsfoil', options)
    try {
      for (let tries = 0; tries < 200 && (await stableOf(next)).length < 3; tries++) await sleep(50)
      assert.deepEqual(await stableOf(next), ['StableSeries', 'StableStudy', 'StablePatient'])
    } finally {
      await next.kill()
    }
  }
})
