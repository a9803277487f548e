import assert from 'node:assert/strict'
import { test } from 'node:test'
import { webhook } from './webhook.ts'

const read = (value: unknown) => webhook.read(value, '/')

test('a URL is enough', () => {
  assert.deepEqual(read({ Url: 'https://receiver.example' }), {
    url: 'https://receiver.example/',
    types: undefined,
    levels: undefined,
    secret: undefined,
    allowPrivateAddresses: false,
    followRedirects: false,
    timeout: 10,
    maximumAttempts: 0,
    maximumAge: 0,
  })
})

test('everything that can be said', () => {
  const all = {
    Url: 'http://10.0.0.1:8080/x',
    Events: ['NewStudy', 'StableStudy', 'JobFailure'],
    Levels: ['Study', 'Job'],
    Secret: 's',
    AllowPrivateAddresses: true,
    FollowRedirects: true,
    Timeout: 3,
    MaximumAttempts: 7,
    MaximumAge: 86_400,
  }
  assert.deepEqual(read(all), {
    url: all.Url,
    types: all.Events,
    levels: all.Levels,
    secret: 's',
    allowPrivateAddresses: true,
    followRedirects: true,
    timeout: 3,
    maximumAttempts: 7,
    maximumAge: 86_400,
  })
})

test('what could not work, or would not be signed, is refused', () => {
  const Url = 'http://receiver.example'
  for (const value of [
    {},
    'http://receiver.example',
    { Url: 'ftp://receiver.example' },
    { Url: 'receiver' },
    { Url: 'http://user:password@receiver.example' },
    { Url, Secert: 'x' },
    { Url, Secret: '' },
    { Url, Events: ['NewStuff'] },
    { Url, Events: ['JobProgress'] },
    { Url, Levels: ['Image'] },
    { Url, Timeout: 0 },
    { Url, MaximumAttempts: -1 },
    { Url, MaximumAge: 'never' },
    { Url, FollowRedirects: 'https' },
  ]) {
    assert.throws(() => read(value), { name: 'Mismatch' }, JSON.stringify(value))
  }
})
