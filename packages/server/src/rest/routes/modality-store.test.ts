import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { type ScpOptions, startScp } from '../../remotes/scp.fixture.ts'
import { makeFile } from '../dicom.fixture.ts'
import { startServer, type TestServer } from '../server.fixture.ts'

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  readonly body: any
}

async function send(
  server: TestServer,
  method: string,
  path: string,
  body?: object | string,
): Promise<Answer> {
  const text = typeof body === 'object' ? JSON.stringify(body) : body
  const answer = await fetch(server.url + path, { method, ...(text !== undefined && { body: text }) })
  const content = await answer.text()
  return { status: answer.status, body: content === '' ? undefined : JSON.parse(content) }
}

const instanceNumbers = [1, 2, 3]

/** A server with a study of two series and three instances, that knows an SCP as `there`. */
async function startBoth(t: TestContext, options: ScpOptions = {}) {
  const scp = await startScp(t, options)
  const server = await startServer()
  t.after(() => server[Symbol.asyncDispose]())
  const modality = ['THERE', '127.0.0.1', scp.destination.port]
  assert.equal((await send(server, 'PUT', '/modalities/there', modality)).status, 200)
  const instances: string[] = []
  for (const number of instanceNumbers) {
    const file = makeFile({ instance: `1.2.3.3.${number}`, series: `1.2.3.2.${number === 2 ? 2 : 1}` })
    const answer = await fetch(`${server.url}/instances`, { method: 'POST', body: file })
    instances.push(((await answer.json()) as { ID: string }).ID)
  }
  const [study = ''] = (await send(server, 'GET', '/studies')).body
  const store = (body: object | string) => send(server, 'POST', '/modalities/there/store', body)
  return { scp, server, study, instances, store }
}

const uidsOf = (scp: { readonly received: readonly { readonly sopInstanceUid: string }[] }) =>
  scp.received.map(({ sopInstanceUid }) => sopInstanceUid)

/** The job when it is in one of these states. */
async function jobIn(server: TestServer, id: string, ...states: readonly string[]): Promise<Answer['body']> {
  for (;;) {
    const { body } = await send(server, 'GET', `/jobs/${id}`)
    if (states.includes(body.State)) return body
    assert.ok(!['Success', 'Failure'].includes(body.State), JSON.stringify(body))
    await setImmediate()
  }
}

const failed = (status: number) => ({ Type: 'Dimse', Content: { DimseErrorStatus: status } })

describe('POST /modalities/{id}/store', () => {
  it('answers with the content of the job when all is sent', async (t) => {
    const { store, study, scp } = await startBoth(t)
    assert.deepEqual(await store({ Resources: [study], LocalAet: 'ME', MoveOriginatorID: 7 }), {
      status: 200,
      body: {
        Description: 'REST API',
        FailedInstancesCount: 0,
        InstancesCount: 3,
        LocalAet: 'ME',
        MoveOriginatorAET: 'ME',
        MoveOriginatorID: 7,
        ParentResources: [study],
        RemoteAet: 'THERE',
        Resources: [{ ID: study, Type: 'Study' }],
      },
    })
    assert.deepEqual(uidsOf(scp), ['1.2.3.3.1', '1.2.3.3.3', '1.2.3.3.2'])
    assert.equal(scp.proposals.length, 1)
    assert.deepEqual(scp.received[0]?.moveOriginator, { aeTitle: 'ME', messageId: 7 })
    assert.equal(scp.received[0]?.callingAeTitle, 'ME')
  })

  it('takes an id, and a list of them', async (t) => {
    const { store, instances, scp } = await startBoth(t)
    const [one = '', two = ''] = instances
    assert.equal((await store(one)).body.InstancesCount, 1)
    assert.deepEqual((await store([two, one])).body.ParentResources, [two, one])
    assert.deepEqual(uidsOf(scp), ['1.2.3.3.1', '1.2.3.3.2', '1.2.3.3.1'])
  })

  it('refuses what is not known, before there is a job', async (t) => {
    const { store, server, study } = await startBoth(t)
    for (const [answer, expected] of [
      [await store(study.replace(/./g, '0')), [404, 17]],
      [await store([study, 'nobody']), [404, 17]],
      [await store([]), [400, 8]],
      [await store({ Resources: [study], StorageCommitment: true }), [500, 2]],
      [await send(server, 'POST', '/modalities/nobody/store', [study]), [404, 7]],
    ] as const) {
      assert.deepEqual([answer.status, answer.body.OrthancStatus], expected)
    }
    assert.deepEqual((await send(server, 'GET', '/jobs')).body, [])
  })

  it('is done by a job while nobody waits', async (t) => {
    const { store, study, server } = await startBoth(t)
    const { body } = await store({ Resources: [study], Asynchronous: true })
    assert.equal(body.Path, `/jobs/${body.ID}`)
    const job = await jobIn(server, body.ID, 'Success')
    assert.deepEqual([job.Type, job.Progress, job.Content.InstancesCount], ['DicomModalityStore', 100, 3])
  })

  it('says with which status the peer has refused', async (t) => {
    const { store, study, server, scp } = await startBoth(t, { answer: () => 0xc000 })
    const { status, body } = await store([study])
    assert.deepEqual([status, body.OrthancStatus, body.ErrorPayload], [500, 9, failed(0xc000)])
    assert.equal(scp.received.length, 1)
    const [id] = (await send(server, 'GET', '/jobs')).body
    const job = await jobIn(server, id, 'Failure')
    assert.deepEqual([job.ErrorCode, job.ErrorPayload], [9, failed(0xc000)])
  })

  it('goes on when it is permissive', async (t) => {
    const answer = (uid: string) => (uid.endsWith('.3') ? 0xc000 : 0)
    const { store, study, scp } = await startBoth(t, { answer })
    const { status, body } = await store({ Resources: [study], Permissive: true })
    assert.deepEqual([status, body.FailedInstancesCount, body.InstancesCount], [200, 1, 3])
    assert.equal(scp.received.length, 3)
  })

  it('lets no client wait for trouble to pass', async (t) => {
    const { store, study, scp } = await startBoth(t, { answer: () => 0xa700 })
    assert.deepEqual((await store([study])).body.ErrorPayload, failed(0xa700))
    assert.equal(scp.received.length, 1)
  })

  it('tries again later when nobody waits', async (t) => {
    const { store, study, server } = await startBoth(t, { answer: () => 0xa700 })
    const { body } = await store({ Resources: [study], Asynchronous: true })
    const job = await jobIn(server, body.ID, 'Retry')
    assert.deepEqual(job.ErrorPayload, failed(0xa700))
    await send(server, 'POST', `/jobs/${body.ID}/cancel`, '')
    assert.equal((await jobIn(server, body.ID, 'Failure')).ErrorCode, 37)
  })

  it('aborts the association when the job is cancelled', async (t) => {
    const asked = Promise.withResolvers<void>()
    const answer = () => {
      asked.resolve()
      return new Promise<number>(() => {})
    }
    const { store, study, server, scp } = await startBoth(t, { answer })
    const { body } = await store({ Resources: [study], Asynchronous: true })
    await asked.promise
    await send(server, 'POST', `/jobs/${body.ID}/cancel`, '')
    assert.equal((await jobIn(server, body.ID, 'Failure')).ErrorCode, 37)
    while (scp.counts.broken === 0) await setImmediate()
  })

  it('calls another host, port and AE title than those of the modality', async (t) => {
    const { store, study, scp } = await startBoth(t)
    const other = await startScp(t)
    const { host, port } = other.destination
    const { body } = await store({
      Resources: [study],
      Host: host,
      Port: port,
      CalledAet: 'OTHER',
      Timeout: 2,
    })
    assert.equal(body.RemoteAet, 'OTHER')
    assert.deepEqual([uidsOf(scp).length, uidsOf(other).length], [0, 3])
  })

  it('is noted in the log of exports, once for each resource that was asked for', async (t) => {
    const answer = (uid: string) => (uid.endsWith('.3') ? 0xc000 : 0)
    const { store, study, instances, server } = await startBoth(t, { answer })
    const [one = '', , three = ''] = instances
    await store({ Resources: [study, one], Permissive: true })
    await store({ Resources: [three], Permissive: true })
    await store([one])
    const { body } = await send(server, 'GET', '/exports')
    assert.deepEqual(
      // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
      body.Exports.map((sent: any) => [sent.ResourceType, sent.ID, sent.RemoteModality, sent.PatientID]),
      [
        ['Study', study, 'there', 'P1'],
        ['Instance', one, 'there', 'P1'],
      ],
    )
    const identifiers = [body.Exports[1].StudyInstanceUID, body.Exports[1].SeriesInstanceUID]
    assert.deepEqual([...identifiers, body.Exports[1].SOPInstanceUID], ['1.2.3.1', '1.2.3.2.1', '1.2.3.3.1'])
  })
})
