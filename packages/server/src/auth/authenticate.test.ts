import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccessOptions, createAuthenticate, type Visitor } from './authenticate.ts'

const open: AccessOptions = { remoteAccessAllowed: true, authenticationEnabled: false, registeredUsers: {} }
const local: AccessOptions = { ...open, remoteAccessAllowed: false }
const secured: AccessOptions = {
  ...open,
  authenticationEnabled: true,
  registeredUsers: { alice: 'pässword:with:colons', bob: '' },
}

const visitor: Visitor = {
  remoteAddress: '127.0.0.1',
  mutates: false,
  host: 'localhost:8042',
  origin: undefined,
  fetchSite: undefined,
  authorization: undefined,
}

const ask = (options: AccessOptions, some: Partial<Visitor>) =>
  createAuthenticate(options)({ ...visitor, ...some }).kind

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

test('without remote access, only loopback addresses come in', () => {
  for (const remoteAddress of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
    assert.equal(ask(local, { remoteAddress }), 'granted', remoteAddress)
  }
  for (const remoteAddress of [
    '10.0.0.1',
    '::ffff:10.0.0.1',
    '1127.0.0.1',
    '127.0.0.1.evil',
    '',
    undefined,
  ]) {
    assert.equal(ask(local, { remoteAddress }), 'unauthenticated', remoteAddress)
    assert.equal(ask(open, { remoteAddress }), 'granted', remoteAddress)
  }
})

test('without remote access, only names of this machine are answered to: DNS rebinding', () => {
  for (const host of ['localhost', 'LOCALHOST:8042', '127.0.0.1:1', '[::1]', '[::1]:8042', undefined]) {
    assert.equal(ask(local, { host }), 'granted', host)
  }
  for (const host of ['evil.example', 'localhost.evil.example', 'evil.localhost@x', '127.0.0.1.nip.io', '']) {
    assert.equal(ask(local, { host }), 'forbidden', host)
    assert.equal(ask(open, { host }), 'granted', host)
  }
})

test('a page of somebody else may not change anything: cross-site request forgery', () => {
  for (const origin of [
    'http://evil.example',
    'null',
    'http://localhost:9999',
    'http://localhost:8042/x',
    '',
  ]) {
    assert.equal(ask(open, { mutates: true, origin }), 'forbidden', origin)
    assert.equal(ask(open, { mutates: false, origin }), 'granted', origin)
  }
  for (const origin of ['http://localhost:8042', 'https://LOCALHOST:8042', undefined]) {
    assert.equal(ask(open, { mutates: true, origin }), 'granted', origin)
  }
  assert.equal(ask(open, { mutates: true, fetchSite: 'cross-site' }), 'forbidden')
  assert.equal(ask(open, { mutates: true, fetchSite: 'same-site' }), 'forbidden')
  assert.equal(ask(open, { mutates: true, fetchSite: 'same-origin' }), 'granted')
  assert.equal(ask(open, { mutates: true, fetchSite: 'none' }), 'granted')
})

test('users are known by name and password', () => {
  const authenticate = createAuthenticate(secured)
  const authorization = basic('alice:pässword:with:colons')
  assert.deepEqual(authenticate({ ...visitor, authorization }), { kind: 'granted', username: 'alice' })
  assert.equal(ask(secured, { authorization: basic('bob:') }), 'granted')
  assert.equal(ask(secured, { authorization: authorization.replace('Basic', 'bAsIc') }), 'granted')
})

test('anything else than valid credentials is refused', () => {
  const refused = [
    undefined,
    '',
    'Basic',
    'Basic ',
    'Basic !!!!',
    'Bearer abc',
    basic('alice'),
    basic('alice:'),
    basic('alice:wrong'),
    basic('Alice:pässword:with:colons'),
    basic(':'),
    basic('eve:'),
    basic('__proto__:'),
    basic('constructor:'),
    `${basic('alice:pässword:with:colons')}, Basic x`,
  ]
  for (const authorization of refused) {
    assert.equal(ask(secured, { authorization }), 'unauthenticated', String(authorization))
  }
})
