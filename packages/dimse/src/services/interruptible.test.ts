import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { interruptible } from './interruptible.ts'

const asStatus = (status: number) => ({ status })

/** Reads to the end; what was yielded, what was returned, what was reported. */
function start(handler: AsyncGenerator<number, number | undefined, undefined>) {
  const controller = new AbortController()
  const reported: unknown[] = []
  const responses = interruptible(handler, asStatus, {
    signal: controller.signal,
    report: (error) => reported.push(error),
  })
  return { controller, reported, responses }
}

describe('interruptible', () => {
  it('passes on what a handler yields and returns', async () => {
    const { responses, controller } = start(
      (async function* () {
        yield 1
        yield 2
        return 3
      })(),
    )
    assert.deepEqual(await responses.next(), { done: false, value: { status: 1 } })
    assert.deepEqual(await responses.next(), { done: false, value: { status: 2 } })
    assert.deepEqual(await responses.next(), { done: true, value: 3 })
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  })

  it('asks for an answer only when it is asked itself', async () => {
    let made = 0
    const { responses } = start(
      (async function* () {
        for (;;) yield ++made
      })(),
    )
    await responses.next()
    await setImmediate()
    assert.equal(made, 1)
    await responses.return(undefined)
  })

  it('leaves a handler that waits, which goes on to its finally when it can', async () => {
    const goOn = Promise.withResolvers<void>()
    const steps: string[] = []
    const { responses, controller, reported } = start(
      (async function* () {
        try {
          await goOn.promise
          steps.push('went on')
          yield 1
          steps.push('not here')
          return 0
        } finally {
          steps.push('finally')
        }
      })(),
    )
    const next = responses.next()
    controller.abort()
    assert.deepEqual(await next, { done: true, value: undefined })
    assert.deepEqual(steps, [])
    goOn.resolve()
    await setImmediate()
    assert.deepEqual(steps, ['went on', 'finally'])
    assert.deepEqual(reported, [])
  })

  it('does not start a handler for a signal that has aborted', async () => {
    let started = false
    const { responses, controller } = start(
      (async function* () {
        started = true
        yield 1
        return 0
      })(),
    )
    controller.abort()
    assert.deepEqual(await responses.next(), { done: true, value: undefined })
    assert.equal(started, false)
  })

  it('returns the handler when nobody wants more, or a match makes no response', async () => {
    for (const end of ['return', 'throw'] as const) {
      let ended = 0
      const handler = (async function* () {
        try {
          yield 1
          yield 2
          return 0
        } finally {
          ended += 1
        }
      })()
      const responses = interruptible(
        handler,
        (item) => {
          if (item === 2) throw new Error('not encodable')
          return { status: item }
        },
        { signal: new AbortController().signal, report: () => assert.fail() },
      )
      await responses.next()
      if (end === 'return') await responses.return(undefined)
      else await assert.rejects(responses.next(), /not encodable/)
      await setImmediate()
      assert.equal(ended, 1)
    }
  })

  it('throws what the handler throws', async () => {
    const { responses, reported } = start(
      (async function* () {
        yield 1
        throw new Error('lost')
      })(),
    )
    await responses.next()
    await assert.rejects(responses.next(), /lost/)
    assert.deepEqual(reported, [])
  })

  it('reports what a handler throws too late, unless it is the abort itself', async () => {
    const late = new Error('late')
    const cases: readonly [unknown, readonly unknown[]][] = [
      [late, [late]],
      [new DOMException('', 'AbortError'), []],
      ['the reason', []],
    ]
    for (const [error, expected] of cases) {
      for (const where of ['waiting', 'leaving'] as const) {
        const goOn = Promise.withResolvers<void>()
        const { responses, controller, reported } = start(
          (async function* () {
            try {
              if (where === 'leaving') yield 1
              await goOn.promise
              return 0
            } finally {
              // biome-ignore lint/correctness/noUnsafeFinally: a handler may do this
              throw error
            }
          })(),
        )
        if (where === 'leaving') await responses.next()
        const next = responses.next()
        controller.abort('the reason')
        await next
        goOn.resolve()
        await setImmediate()
        assert.deepEqual(reported, expected, where)
      }
    }
  })
})
