import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildDataSet, DataSet, type Element, type NewElement, textOf } from '@kingsfoil/dicom'
import { DimseStatusError, OperationFailedError } from '../dimse/dimse-error.ts'
import type { FindRequest } from '../services/find.ts'
import {
  explicitBigEndian,
  findAll,
  findContexts,
  littleEndian,
  startFindServer,
  study,
  studyQuery,
  studyRoot,
  studyUidOf,
} from './testing/find.ts'
import { associate, explicitLittleEndian, implicitLittleEndian, startServer } from './testing/server.ts'

const options = { sopClassUid: studyRoot }
const contexts = { presentationContexts: findContexts }

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
