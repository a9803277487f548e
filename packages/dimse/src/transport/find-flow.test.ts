import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { FindMatch } from '../services/find.ts'
import {
  findAll,
  findContexts,
  startFindServer,
  study,
  studyQuery,
  studyRoot,
  studyUidOf,
} from './testing/find.ts'
import { associate, explicitLittleEndian, signalled } from './testing/server.ts'

const options = { sopClassUid: studyRoot }
const contexts = { presentationContexts: findContexts }

describe('the flow of C-FIND', () => {
  it('is cancelled by leaving the loop', async (t) => {
    const ended = signalled<boolean>()
    const server = await startFindServer(t, async function* ({ signal }) {
      try {
        for (let number = 1; ; number += 1) {
          yield study(number)
          await setImmediate()
        }
      } finally {
        ended.resolve(signal.aborted)
      }
    })
    const association = await associate(t, server, contexts)
    for await (const match of association.find(studyQuery, options)) {
      assert.equal(studyUidOf(match), '1.2.1')
      break
    }
    assert.equal(await ended.promise, true)
    assert.equal(await association.echo(), 0)
    await association.release()
  })

  it('is cancelled by a signal, also while nothing comes', async (t) => {
    const started = signalled()
    const aborted = signalled()
    const server = await startFindServer(t, async function* ({ signal }) {
      signal.addEventListener('abort', () => aborted.resolve())
      yield study(1)
      started.resolve()
      await new Promise(() => {})
      return 0
    })
    const association = await associate(t, server, contexts)
    const controller = new AbortController()
    const found = association.find(studyQuery, { ...options, signal: controller.signal })
    await found.next()
    const next = found.next()
    await started.promise
    const reason = new Error('enough')
    controller.abort(reason)
    await assert.rejects(next, reason)
    await aborted.promise
    assert.deepEqual(await found.next(), { done: true, value: undefined })
    assert.equal(await association.echo(), 0)
    await assert.rejects(
      association.find(studyQuery, { ...options, signal: controller.signal }).next(),
      reason,
    )
  })

  it('10,000 matches come in order, made no faster than they are taken', async (t) => {
    const total = 10_000
    const filler = 'x'.repeat(10_000)
    let made = 0
    let returned = false
    const server = await startFindServer(t, async function* () {
      try {
        for (; made < total; made += 1) yield study(made, [0x00324000, 'LT', filler])
        return 0
      } finally {
        returned = true
      }
    })
    const association = await associate(t, server, contexts)
    let taken = 0
    let ahead = 0
    for await (const match of association.find(studyQuery, options)) {
      assert.equal(studyUidOf(match), `1.2.${taken}`)
      taken += 1
      if (taken % 10 === 0) await setImmediate()
      ahead = Math.max(ahead, made - taken)
    }
    assert.equal(taken, total)
    assert.ok(returned)
    // What the two sockets hold, and some more.
    assert.ok(ahead < total / 2, `${ahead} matches waited`)
  })

  it('of a handler that never waits lets others have a turn', async (t) => {
    const others = signalled()
    let madeBefore = 0
    const server = await startFindServer(t, async function* () {
      setImmediate().then(() => others.resolve())
      let isTheirTurn = false
      others.promise.then(() => {
        isTheirTurn = true
      })
      for (let number = 0; number < 100; number += 1) {
        yield study(number)
        if (!isTheirTurn) madeBefore += 1
      }
      return 0
    })
    const association = await associate(t, server, contexts)
    assert.equal((await findAll(association)).matches.length, 100)
    assert.ok(madeBefore < 50, `${madeBefore} matches were made in one turn`)
  })

  it('a requestor that does not read stops the handler, and may still cancel', async (t) => {
    let made = 0
    let isReturned = false
    const server = await startFindServer(t, async function* () {
      try {
        for (;;) yield study(made++, [0x00324000, 'LT', 'x'.repeat(10_000)])
      } finally {
        isReturned = true
      }
    })
    const association = await associate(t, server, contexts)
    const found = association.find(studyQuery, options)
    await found.next()
    let last = -1
    while (made !== last) {
      last = made
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    assert.equal(isReturned, false)
    await found.return({ status: 0, errorComment: undefined })
    assert.equal(isReturned, true)
    assert.equal(await association.echo(), 0)
  })

  it('with a window of 1, other operations wait for their turn, or for their signal', async (t) => {
    const goOn = signalled()
    const order: string[] = []
    const server = await startFindServer(t, async function* () {
      yield study(1)
      await goOn.promise
      order.push('found')
      return 0
    })
    const association = await associate(t, server, contexts)
    const found = association.find(studyQuery, options)
    await found.next()
    const controller = new AbortController()
    const impatient = association.find(studyQuery, { ...options, signal: controller.signal }).next()
    const echo = association.echo().then((status) => order.push(`echo ${status}`))
    controller.abort(new Error('too long'))
    await assert.rejects(impatient, /too long/)
    goOn.resolve()
    assert.equal((await found.next()).done, true)
    await echo
    assert.deepEqual(order, ['found', 'echo 0'])
  })

  it('with a larger window, several run at a time', async (t) => {
    const goOn = signalled()
    const server = await startFindServer(
      t,
      async function* ({ priority }) {
        if (priority === 1) await goOn.promise
        yield study(priority)
        return 0
      },
      {
        accept: () => ({
          transferSyntaxesFor: () => [explicitLittleEndian],
          asynchronousOperationsWindow: { invoked: 2, performed: 1 },
        }),
      },
    )
    const association = await associate(t, server, {
      presentationContexts: [{ abstractSyntax: studyRoot, transferSyntaxes: [explicitLittleEndian] }],
      asynchronousOperationsWindow: { invoked: 2, performed: 1 },
    })
    const slow = association.find(studyQuery, { ...options, priority: 1 })
    const first = slow.next()
    const quick = association.find(studyQuery, { ...options, priority: 2 })
    assert.equal(studyUidOf((await quick.next()).value as FindMatch), '1.2.2')
    goOn.resolve()
    assert.equal(studyUidOf((await first).value as FindMatch), '1.2.1')
    assert.equal((await quick.next()).done, true)
    assert.equal((await slow.next()).done, true)
  })
})
