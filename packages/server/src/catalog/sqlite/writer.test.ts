import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { instanceOf } from '../instances.fixture.ts'
import { hasInstance } from '../operations/read-resources.ts'
import { type StoreRequest, wholeRequest } from '../operations/store-instance.ts'
import { openForReading } from './database.ts'
import { Session } from './session.ts'
import { Writer } from './writer.ts'

interface Open {
  readonly writer: Writer
  /** The numbers, of those given, of the instances that are stored. */
  stored(...numbers: readonly number[]): readonly number[]
}

async function withWriter(body: (open: Open) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-writer-'))
  try {
    const path = join(folder, 'catalog.sqlite')
    const writer = await Writer.open(path)
    const session = new Session(openForReading(path))
    const isStored = (number: number) => hasInstance(session, request(number).ids.instance)
    try {
      await body({ writer, stored: (...numbers) => numbers.filter(isStored) })
    } finally {
      session.close()
      await writer.close()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const request = (number: number): StoreRequest =>
  wholeRequest(instanceOf({ patient: 'A', instance: String(number) }))

/** Long enough for the thread to come as far as it will. */
const aWhile = () => pause(50)

test('what waits for something is committed after it, and nobody sees it before', () =>
  withWriter(async ({ writer, stored }) => {
    const ready = Promise.withResolvers<void>()
    const first = writer.runWhen(ready.promise, 'storeInstance', request(1))
    await aWhile()
    assert.deepEqual(stored(1), [])
    ready.resolve()
    assert.equal(await first, 'Success')
    assert.deepEqual(stored(1), [1])
  }))

test('what comes meanwhile shares its transaction, also when it waits itself', () =>
  withWriter(async ({ writer, stored }) => {
    const [one, two] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const first = writer.runWhen(one.promise, 'storeInstance', request(1))
    const second = writer.runWhen(two.promise, 'storeInstance', request(2))
    const third = writer.run('storeInstance', request(3))
    await aWhile()
    assert.deepEqual(stored(1, 2, 3), [])
    one.resolve()
    assert.deepEqual(await Promise.all([first, third]), ['Success', 'Success'])
    await aWhile()
    assert.deepEqual(stored(1, 2, 3), [1, 3])
    two.resolve()
    assert.equal(await second, 'Success')
    assert.deepEqual(stored(1, 2, 3), [1, 2, 3])
  }))

test('what waited in vain is not stored, while others are', () =>
  withWriter(async ({ writer, stored }) => {
    const ready = Promise.withResolvers<void>()
    const first = writer.runWhen(ready.promise, 'storeInstance', request(1))
    const second = writer.run('storeInstance', request(2))
    await aWhile()
    ready.reject(new Error('the disk is gone'))
    await assert.rejects(first, /the disk is gone/)
    assert.equal(await second, 'Success')
    assert.deepEqual(stored(1, 2), [2])
    assert.equal(await writer.runWhen(Promise.resolve(), 'storeInstance', request(1)), 'Success')
    const tooEarly = Promise.reject(new Error('gone before'))
    await assert.rejects(writer.runWhen(tooEarly, 'storeInstance', request(3)), /gone before/)
    assert.deepEqual(stored(1, 2, 3), [1, 2])
  }))

test('one that fails early does not let another one through', () =>
  withWriter(async ({ writer, stored }) => {
    const [one, two] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const broken = { ...request(1), date: undefined as unknown as string }
    const first = writer.runWhen(one.promise, 'storeInstance', broken)
    await aWhile()
    const second = writer.runWhen(two.promise, 'storeInstance', request(2))
    await aWhile()
    one.resolve()
    await assert.rejects(first, { code: 'Database' })
    await aWhile()
    assert.deepEqual(stored(1, 2), [])
    two.resolve()
    assert.equal(await second, 'Success')
  }))

test('what waits is committed before the end', () =>
  withWriter(async ({ writer, stored }) => {
    const ready = Promise.withResolvers<void>()
    const first = writer.runWhen(ready.promise, 'storeInstance', request(1))
    const closed = writer.close()
    await aWhile()
    ready.resolve()
    assert.equal(await first, 'Success')
    await closed
    assert.deepEqual(stored(1), [1])
    await assert.rejects(writer.runWhen(Promise.resolve(), 'storeInstance', request(2)), {
      code: 'DatabaseUnavailable',
    })
  }))
