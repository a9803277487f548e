import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeliveryPage } from '../../model/webhook.ts'
import { httpLimits } from '../http-limits.ts'
import { startServer } from '../server.fixture.ts'

const failure = {
  key: 8,
  deliveryId: 'abc',
  sequence: 40,
  attempt: 2,
  date: '20260102T030405',
  milliseconds: 12,
  httpStatus: 500,
  error: 'HTTP status 500',
}

const webhooks = new Map([
  [
    'my hook',
    {
      url: 'https://receiver.example/hook',
      types: ['NewStudy'] as const,
      levels: undefined,
      secret: 'never shown',
      allowPrivateAddresses: false,
      followRedirects: false,
      timeout: 10,
      maximumAttempts: 5,
      maximumAge: 0,
    },
  ],
])

test('webhooks are told of, but their secrets are not', async () => {
  const asked: unknown[] = []
  const page: DeliveryPage = { attempts: [failure], done: false, last: 8 }
  await using server = await startServer({
    webhooks,
    limits: { ...httpLimits, listedRows: 50 },
    deliveries: {
      state: async () => ({ cursor: 39, lastFailure: failure }),
      list: async (...question) => {
        asked.push(question)
        return page
      },
    },
  })
  const read = async (path: string) => (await fetch(`${server.url}${path}`)).json()
  const seen = {
    Attempt: 2,
    Date: '20260102T030405',
    DeliveryID: 'abc',
    Error: 'HTTP status 500',
    HttpStatus: 500,
    Milliseconds: 12,
    Number: 8,
    Seq: 40,
  }
  assert.deepEqual(await read('/webhooks'), ['my hook'])
  assert.deepEqual(await read('/webhooks/my%20hook'), {
    AllowPrivateAddresses: false,
    Cursor: 39,
    Events: ['NewStudy'],
    FollowRedirects: false,
    LastError: seen,
    Levels: null,
    MaximumAge: 0,
    MaximumAttempts: 5,
    Signed: true,
    Timeout: 10,
    Url: 'https://receiver.example/hook',
  })
  const path = '/webhooks/my%20hook/deliveries'
  assert.deepEqual(await read(path), { Deliveries: [seen], Done: false, Last: 8 })
  await read(`${path}?since=7&limit=5000`)
  assert.deepEqual(asked, [
    ['my hook', 0, 50],
    ['my hook', 7, 50],
  ])
  assert.equal((await fetch(`${server.url}/webhooks/other`)).status, 404)
  assert.equal((await fetch(`${server.url}/webhooks/other/deliveries`)).status, 404)
})

test('a hook that has not begun has no cursor', async () => {
  await using server = await startServer({ webhooks })
  const answer = (await (await fetch(`${server.url}/webhooks/my%20hook`)).json()) as object
  assert.deepEqual({ Cursor: null, LastError: null, ...answer }, answer)
})
