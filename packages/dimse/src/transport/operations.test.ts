import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { commandFields } from '../dimse/messages.ts'
import type { ServiceProvider, ServiceProviders } from '../services/service-provider.ts'
import { invokeStore } from '../services/storage.ts'
import { echoCommand, RawPeer } from './testing/raw-peer.ts'
import {
  associate,
  countBytes,
  ctImageStorage,
  ctOperation,
  signalled,
  startServer,
} from './testing/server.ts'

const pending = 0xff00
const findCommand = { commandField: commandFields.cFind, affectedSopClassUid: ctImageStorage, priority: 0 }
const identifier = [Buffer.from('identifier')]

function find(provider: ServiceProvider): { readonly handlers: { readonly providers: ServiceProviders } } {
  return { handlers: { providers: new Map([[commandFields.cFind, provider]]) } }
}

describe('operations with several responses', () => {
  it('yield pending ones with their data sets, then the final one', async (t) => {
    const server = await startServer(
      t,
      find(async function* ({ dataSet }) {
        const length = await countBytes(dataSet)
        for (const text of ['a', 'bc']) yield { status: pending, dataSet: [Buffer.from(text)] }
        yield { status: 0, command: { numberOfCompletedSuboperations: length } }
      }),
    )
    const association = await associate(t, server)
    const seen: unknown[] = []
    for await (const { status, dataSet, command } of association.invoke(3, findCommand, identifier)) {
      seen.push([status, dataSet && Buffer.from(dataSet).toString(), command.numberOfCompletedSuboperations])
    }
    assert.deepEqual(seen, [
      [pending, 'a', undefined],
      [pending, 'bc', undefined],
      [0, undefined, 10],
    ])
    assert.equal(association.info.contexts.size, 2)
  })

  it('are cancelled by leaving the loop', async (t) => {
    const outcome = signalled<string>()
    const server = await startServer(
      t,
      find(async function* ({ cancelled }) {
        while (!cancelled.aborted) {
          yield { status: pending, dataSet: identifier }
          await new Promise((resolve) => setImmediate(resolve))
        }
        outcome.resolve('cancelled')
        yield { status: 0xfe00 }
      }),
    )
    const association = await associate(t, server)
    for await (const { status } of association.invoke(3, findCommand, identifier)) {
      assert.equal(status, pending)
      break
    }
    assert.equal(await outcome.promise, 'cancelled')
    const next = association.invoke(3, { ...findCommand, commandField: 0x0021 }, identifier)
    assert.equal((await next.next()).value?.status, 0x0211)
  })

  it('may fail after pending responses', async (t) => {
    const server = await startServer(
      t,
      find(async function* () {
        yield { status: pending, dataSet: identifier }
        throw new Error('lost')
      }),
    )
    const association = await associate(t, server)
    const statuses = []
    for await (const { status } of association.invoke(3, findCommand, identifier)) statuses.push(status)
    assert.deepEqual(statuses, [pending, 0x0110])
  })

  it('fail without a final response', async (t) => {
    const failures: string[] = []
    const server = await startServer(t, {
      ...find(async function* () {
        yield { status: pending, dataSet: identifier }
      }),
      observer: { failed: (error) => failures.push(String(error)) },
    })
    const association = await associate(t, server)
    const statuses = []
    for await (const { status } of association.invoke(3, findCommand, identifier)) statuses.push(status)
    assert.deepEqual(statuses, [pending, 0x0110])
    assert.match(failures.join(), /C-FIND-RQ gave no final response/)
  })

  it('wait for a slow reader without piling up', async (t) => {
    let sent = 0
    const total = 20_000
    const server = await startServer(
      t,
      find(async function* () {
        for (; sent < total; sent += 1) yield { status: pending, dataSet: [new Uint8Array(1000)] }
        yield { status: 0 }
      }),
    )
    const association = await associate(t, server)
    const responses = association.invoke(3, findCommand, identifier)
    await responses.next()
    let last = -1
    while (sent !== last) {
      last = sent
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    assert.ok(sent < total / 2, `${sent} responses were taken`)
    let count = 1
    for await (const { status } of responses) if (status === pending) count += 1
    assert.equal(count, total)
  })

  it('may store on the same association, as C-GET does', async (t) => {
    const stored: number[] = []
    const server = await startServer(t, {
      accept: () => ({
        transferSyntaxesFor: () => ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'],
        permittedRoles: () => ({ scu: true, scp: true }),
      }),
      handlers: {
        providers: new Map([
          [
            commandFields.cGet,
            async function* (request) {
              for (let count = 1; count <= 3; count += 1) {
                const { status } = await invokeStore(request, ctOperation([new Uint8Array(count * 20_000)]))
                yield {
                  status: pending,
                  command: { numberOfCompletedSuboperations: count, errorId: status },
                }
              }
              yield { status: 0 }
            },
          ],
        ]),
      },
    })
    const association = await associate(t, server, {
      roleSelections: [{ sopClassUid: ctImageStorage, scuRole: true, scpRole: true }],
      handlers: {
        store: async ({ dataSet }) => {
          stored.push(await countBytes(dataSet))
          return 0
        },
      },
    })
    const seen = []
    const command = { ...findCommand, commandField: commandFields.cGet }
    for await (const { status, command: answer } of association.invoke(1, command, identifier)) {
      seen.push([status, answer.numberOfCompletedSuboperations, answer.errorId])
    }
    assert.deepEqual(seen, [
      [pending, 1, 0],
      [pending, 2, 0],
      [pending, 3, 0],
      [0, undefined, undefined],
    ])
    assert.deepEqual(stored, [20_000, 40_000, 60_000])
    await association.release()
  })

  it('wait for their turn; who gives it up passes it on', async (t) => {
    const server = await startServer(t)
    const association = await associate(t, server)
    const { messageId: _, ...echo } = echoCommand
    const first = association.invoke(1, echo)
    assert.equal((await first.next()).value?.status, 0)
    const controller = new AbortController()
    const second = association.invoke(1, echo, undefined, controller.signal).next()
    const third = association.invoke(1, echo).next()
    // The turn is the second's now, who has not yet noticed.
    const end = first.next()
    controller.abort(new Error('too late'))
    await assert.rejects(second, /too late/)
    assert.equal((await third).value?.status, 0)
    assert.equal((await end).done, true)
  })

  it('are told apart by message ID, which may not be used twice', async (t) => {
    const goOn = signalled()
    const server = await startServer(t, {
      accept: () => ({
        transferSyntaxesFor: () => ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'],
        asynchronousOperationsWindow: { invoked: 3, performed: 1 },
      }),
      handlers: { echo: () => goOn.promise.then(() => 0) },
    })
    const peer = await RawPeer.associate(t, server, {
      asynchronousOperationsWindow: { invoked: 0, performed: 1 },
    })
    for (const messageId of [5, 6, 5]) peer.sendCommand(1, { ...echoCommand, messageId })
    const duplicate = await peer.next()
    assert.ok(duplicate.type === 'command')
    assert.deepEqual([duplicate.command.messageIdBeingRespondedTo, duplicate.command.status], [5, 0x0210])
    goOn.resolve()
    const answered = []
    for (const _ of [5, 6]) {
      const answer = await peer.next()
      answered.push(
        answer.type === 'command' && [answer.command.messageIdBeingRespondedTo, answer.command.status],
      )
    }
    assert.deepEqual(answered, [
      [5, 0],
      [6, 0],
    ])
  })
})
