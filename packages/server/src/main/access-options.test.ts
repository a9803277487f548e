import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessOptions } from './access-options.ts'

type Input = Parameters<typeof accessOptions>[0]

const decide = (changes: Partial<Input>) =>
  accessOptions({
    RemoteAccessAllowed: false,
    AuthenticationEnabled: undefined,
    RegisteredUsers: undefined,
    ...changes,
  })

const users = new Map([['alice', 'secret']])

test('by default nobody but the local host comes in, without a password', () => {
  assert.deepEqual(decide({}), {
    access: { remoteAccessAllowed: false, authenticationEnabled: false, registeredUsers: {} },
    warnings: [],
  })
})

test('remote access asks for a user unless told otherwise', () => {
  const { access, warnings } = decide({ RemoteAccessAllowed: true, RegisteredUsers: users })
  assert.deepEqual(access, {
    remoteAccessAllowed: true,
    authenticationEnabled: true,
    registeredUsers: { alice: 'secret' },
  })
  assert.deepEqual(warnings, [])
  const open = decide({ RemoteAccessAllowed: true, AuthenticationEnabled: false })
  assert.equal(open.access.authenticationEnabled, false)
  assert.match(open.warnings.join(), /Anybody on the network may read/)
})

test('when remote users are to identify themselves but none is named, the well-known one is let in, with a warning', () => {
  const { access, warnings } = decide({ RemoteAccessAllowed: true })
  assert.deepEqual(access.registeredUsers, { orthanc: 'orthanc' })
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /password orthanc/)
})

test('an empty list of users lets nobody in, and says so', () => {
  const { access, warnings } = decide({ RemoteAccessAllowed: true, RegisteredUsers: new Map() })
  assert.deepEqual(access.registeredUsers, {})
  assert.match(warnings.join(), /nobody may come in/)
})
