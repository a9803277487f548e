import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import {
  buildDataSet,
  DataSet,
  DicomError,
  type Element,
  encodeDataSet,
  type NewElement,
  textOf,
} from '@kingsfoil/dicom'
import { DimseStatusError, OperationFailedError } from '../dimse/dimse-error.ts'
import { commandFields } from '../dimse/messages.ts'
import type { FindMatch, FindRequest } from '../services/find.ts'
import type { Association } from './association.ts'
import {
  explicitBigEndian,
  findContexts,
  littleEndian,
  startFindServer,
  study,
  studyQuery,
  studyRoot,
  studyUidOf,
} from './testing/find.ts'
import {
  associate,
  explicitLittleEndian,
  implicitLittleEndian,
  signalled,
  startServer,
} from './testing/server.ts'

const options = { sopClassUid: studyRoot }
const contexts = { presentationContexts: findContexts }

/** All matches of a query, and how it ended. */
async function findAll(association: Association, query = studyQuery) {
  const matches: FindMatch[] = []
  const found = association.find(query, options)
  for (;;) {
    const next = await found.next()
    if (next.done) return { matches, result: next.value }
    matches.push(next.value)
  }
}

describe('C-FIND', () => {
  it('gives the handler the request, and its matches to the requestor', async (t) => {
    const requests: FindRequest[] = []
    const server = await startFindServer(t, async function* (request) {
      requests.push(request)
      yield study(1)
      yield { ...study(2), status: 0xff01 }
      return 0
    })
    const association = await associate(t, server, contexts)
    const { matches, result } = await findAll(association)
    assert.deepEqual(
      matches.map((match) => [match.status, studyUidOf(match)]),
      [
        [0xff00, '1.2.1'],
        [0xff01, '1.2.2'],
      ],
    )
    assert.deepEqual(result, { status: 0, errorComment: undefined })
    const [request] = requests
    assert.ok(request)
    assert.equal(request.association.callingAeTitle, 'SCU')
    assert.equal(request.sopClassUid, studyRoot)
    assert.equal(request.priority, 0)
    assert.equal(textOf(request.identifier, 0x00080052), 'STUDY')
    assert.deepEqual(
      [...request.identifier].map(({ tag }) => tag),
      [0x00080052, 0x00100010, 0x0020000d],
    )
    assert.equal(request.signal.aborted, false)
    await association.release()
  })

  for (const transferSyntax of [explicitLittleEndian, implicitLittleEndian, explicitBigEndian]) {
    it(`carries identifiers in ${transferSyntax} both ways`, async (t) => {
      const elements: readonly NewElement[] = [
        [0x00080005, 'CS', 'ISO_IR 192'],
        [0x00080052, 'CS', 'STUDY'],
        [0x00081110, 'SQ', [[[0x00081150, 'UI', '1.2.3']], []]],
        [0x00100010, 'PN', 'Müller^Jörg'],
        [0x00280010, 'US', 513],
        [0x00290010, 'LO', 'KINGSFOIL'],
        [0x0040a043, 'SQ'],
      ]
      const encodings: unknown[] = []
      const server = await startFindServer(t, async function* ({ identifier }) {
        encodings.push(identifier.encoding)
        yield { status: 0xff00, identifier }
        return 0
      })
      const association = await associate(t, server, {
        presentationContexts: [{ abstractSyntax: studyRoot, transferSyntaxes: [transferSyntax] }],
      })
      for (const explicitVr of [true, false]) {
        const query = buildDataSet({ explicitVr, littleEndian: true }, elements)
        const { matches } = await findAll(association, query)
        const answer = matches[0]?.identifier ?? assert.fail()
        assert.deepEqual(
          [...answer].map(({ tag, vr }) => [tag, vr]),
          elements.map(([tag, vr]) => [tag, vr]),
        )
        assert.equal(textOf(answer, 0x00100010), 'Müller^Jörg')
        assert.equal(textOf(answer, 0x00280010), '513')
        const sequence = answer.get(0x00081110)?.value
        assert.ok(sequence?.kind === 'items' && sequence.items.length === 2 && sequence.items[0])
        assert.equal(textOf(sequence.items[0], 0x00081150), '1.2.3')
      }
      const expected = {
        explicitVr: transferSyntax !== implicitLittleEndian,
        littleEndian: transferSyntax !== explicitBigEndian,
      }
      assert.deepEqual(encodings, [expected, expected])
    })
  }

  it('throws failure statuses, with what the peer says of them', async (t) => {
    const server = await startFindServer(t, async function* () {
      yield study(1)
      return { status: 0xa900, errorComment: 'no such level', offendingElements: [0x00080052] }
    })
    const association = await associate(t, server, contexts)
    const found = association.find(studyQuery, options)
    assert.equal((await found.next()).done, false)
    await assert.rejects(found.next(), (error) => {
      assert.ok(error instanceof OperationFailedError)
      assert.equal(error.status, 0xa900)
      assert.equal(error.errorComment, 'no such level')
      assert.deepEqual(error.offendingElements, [0x00080052])
      assert.match(error.message, /C-FIND-RQ failed with status A900H: no such level/)
      return true
    })
    assert.equal(await association.echo(), 0)
  })

  it('tells what a handler throws as a status, without internal text unless it is meant for the peer', async (t) => {
    const failures: unknown[] = []
    const thrown = [new Error('secret'), new DimseStatusError(0xc001, 'no such key')]
    const server = await startFindServer(
      t,
      async function* () {
        yield study(1)
        throw thrown[failures.length]
      },
      { observer: { failed: (error) => failures.push(error) } },
    )
    const association = await associate(t, server, contexts)
    await assert.rejects(findAll(association), { status: 0x0110, errorComment: undefined })
    await assert.rejects(findAll(association), { status: 0xc001, errorComment: 'no such key' })
    assert.deepEqual(failures, thrown)
  })

  it('fails when a match cannot be encoded, or the last status is no last one', async (t) => {
    const failures: unknown[] = []
    let ended = 0
    let count = 0
    const notRead: Element = {
      tag: 0x00100010,
      vr: 'PN',
      offset: -1,
      valueOffset: -1,
      length: 4,
      value: { kind: 'reference' },
    }
    const server = await startFindServer(
      t,
      async function* () {
        try {
          count += 1
          if (count === 2) return 0xff00
          yield { status: 0xff00, identifier: new DataSet(littleEndian, [notRead]) }
          return 0
        } finally {
          ended += 1
        }
      },
      { observer: { failed: (error) => failures.push(error) } },
    )
    const association = await associate(t, server, contexts)
    await assert.rejects(findAll(association), { status: 0x0110 })
    await assert.rejects(findAll(association), { status: 0x0110 })
    assert.equal(ended, 2)
    assert.equal(failures.length, 2)
  })

  it('returns a cancel that nobody asked for: there were more matches', async (t) => {
    const server = await startFindServer(t, async function* () {
      yield study(1)
      return 0xfe00
    })
    const association = await associate(t, server, contexts)
    const { matches, result } = await findAll(association)
    assert.equal(matches.length, 1)
    assert.equal(result.status, 0xfe00)
  })

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
    assert.ok(ahead < total / 3, `${ahead} matches waited`)
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

  it('needs a presentation context', async (t) => {
    const server = await startServer(t)
    const association = await associate(t, server)
    await assert.rejects(findAll(association), {
      name: 'AssociationError',
      message: /no presentation context/,
    })
  })

  it('without handler is not recognized', async (t) => {
    const server = await startServer(t)
    const association = await associate(t, server, contexts)
    await assert.rejects(findAll(association), { status: 0x0211 })
  })

  it('ends with the association', async (t) => {
    const server = await startFindServer(t, async function* () {
      yield study(1)
      await new Promise(() => {})
      return 0
    })
    const association = await associate(t, server, contexts)
    const found = association.find(studyQuery, options)
    await found.next()
    const next = found.next()
    await server.abort()
    await assert.rejects(next, { name: 'AssociationError' })
  })
})

describe('a peer whose C-FIND responses are wrong', () => {
  /** A server that answers C-FIND with bytes as they are. */
  const startWrong = (t: Parameters<typeof startServer>[0], dataSet: Uint8Array | undefined) => {
    const cancelled = signalled()
    const server = startServer(t, {
      handlers: {
        echo: async () => 0,
        providers: new Map([
          [
            commandFields.cFind,
            async function* (request) {
              request.cancelled.addEventListener('abort', () => cancelled.resolve())
              yield { status: 0xff00, dataSet: dataSet && [dataSet] }
              await cancelled.promise
              yield { status: 0xfe00 }
            },
          ],
        ]),
      },
    })
    return { server, cancelled: cancelled.promise }
  }

  it('without identifier is cancelled, and the association goes on', async (t) => {
    const { server, cancelled } = startWrong(t, undefined)
    const association = await associate(t, await server, contexts)
    await assert.rejects(findAll(association), { name: 'DimseProtocolError' })
    await cancelled
    assert.equal(await association.echo(), 0)
  })

  it('with an identifier that ends too early likewise', async (t) => {
    const { server, cancelled } = startWrong(t, Uint8Array.of(8, 0, 0x52, 0, 0x43, 0x53, 6, 0, 0x53))
    const association = await associate(t, await server, contexts)
    await assert.rejects(findAll(association), DicomError)
    await cancelled
    assert.equal(await association.echo(), 0)
  })

  it('with identifiers of megabytes is not read ahead of', async (t) => {
    let made = 0
    const total = 60
    const big = new Uint8Array(1_000_000)
    const server = await startServer(t, {
      handlers: {
        providers: new Map([
          [
            commandFields.cFind,
            async function* () {
              const identifier = buildDataSet(littleEndian, [[0x00091000, 'OB', big]])
              const bytes = encodeDataSet(identifier, littleEndian)
              for (; made < total; made += 1) yield { status: 0xff00, dataSet: [bytes] }
              yield { status: 0 }
            },
          ],
        ]),
      },
    })
    const association = await associate(t, server, contexts)
    const found = association.find(studyQuery, options)
    await found.next()
    let last = -1
    while (made !== last) {
      last = made
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    assert.ok(made < 30, `${made} were taken`)
    let count = 1
    for await (const _ of found) count += 1
    assert.equal(count, total)
  })
})
