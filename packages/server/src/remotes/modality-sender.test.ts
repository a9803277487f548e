import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  readDataSet,
  textOf,
} from '@kingsfoil/dicom'
import { DomainError } from '../model/domain-error.ts'
import { makeFile } from '../rest/dicom.fixture.ts'
import { createSender, sourceOf, startScp } from './scp.fixture.ts'

const jpegBaseline = '1.2.840.10008.1.2.4.50'
const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7'

/** The data set of a file of `makeFile`. */
const dataSetOf = (file: Buffer): Buffer => file.subarray(sourceOf(file).head.dataSetOffset)

const failure = (code: string, rest: object = {}) => ({ name: 'DomainError', code, ...rest })

describe('sending one instance', () => {
  it('gives it byte for byte to a peer that takes its transfer syntax', async (t) => {
    const scp = await startScp(t)
    const file = makeFile({ pixels: Buffer.alloc(3_000_000, 7) })
    const sent = await createSender(t).send(scp.destination, sourceOf(file))
    assert.deepEqual(sent, { sopClassUid: secondaryCapture, sopInstanceUid: '1.2.3.3', status: 0 })
    const [received] = scp.received
    assert.equal(received?.transferSyntaxUid, explicitVrLittleEndian)
    assert.equal(received?.callingAeTitle, 'HERE')
    assert.equal(received?.moveOriginator, undefined)
    assert.ok(received?.dataSet.equals(dataSetOf(file)))
  })

  it('tells who asked for it by C-MOVE', async (t) => {
    const scp = await startScp(t)
    const moveOriginator = { aeTitle: 'WS1', messageId: 65_535 }
    await createSender(t).send(scp.destination, sourceOf(makeFile()), { moveOriginator })
    assert.deepEqual(scp.received[0]?.moveOriginator, moveOriginator)
  })

  it('encodes it anew for a peer that takes Implicit VR alone', async (t) => {
    const scp = await startScp(t, { syntaxes: [implicitVrLittleEndian] })
    const pixels = Buffer.from(Array.from({ length: 500_000 }, (_, index) => index % 251))
    await createSender(t).send(scp.destination, sourceOf(makeFile({ pixels })))
    const [received] = scp.received
    assert.equal(received?.transferSyntaxUid, implicitVrLittleEndian)
    const dataSet = readDataSet(received.dataSet, { explicitVr: false, littleEndian: true })
    assert.equal(textOf(dataSet, 0x00100010), 'Doe^Jérôme')
    assert.equal(dataSet.get(0x7fe00010)?.length, pixels.length)
    assert.ok(received.dataSet.subarray(-pixels.length).equals(pixels))
  })

  it('does not do so where transcoding is not allowed', async (t) => {
    const scp = await startScp(t, { syntaxes: [implicitVrLittleEndian] })
    const destination = { ...scp.destination, allowTranscoding: false }
    await assert.rejects(
      createSender(t).send(destination, sourceOf(makeFile())),
      failure('NoPresentationContext'),
    )
    assert.deepEqual(scp.proposals, [[explicitVrLittleEndian]])
  })

  it('does not send a compressed instance as something else', async (t) => {
    const scp = await startScp(t)
    const pixels = { fragments: [Buffer.alloc(0), Buffer.alloc(10, 1)] }
    const file = makeFile({ transferSyntax: jpegBaseline, pixels })
    await assert.rejects(
      createSender(t).send(scp.destination, sourceOf(file)),
      failure('NoPresentationContext'),
    )
    assert.deepEqual(scp.received, [])
    assert.deepEqual(scp.proposals, [[jpegBaseline]])
  })

  it('lets others say what an instance can be turned into', async (t) => {
    const scp = await startScp(t, { syntaxes: [explicitVrBigEndian] })
    const sender = createSender(t, { alternatives: () => [explicitVrBigEndian] })
    await sender.send(scp.destination, sourceOf(makeFile({ pixels: Buffer.from([1, 2]) })))
    assert.equal(scp.received[0]?.transferSyntaxUid, explicitVrBigEndian)
    assert.ok(scp.received[0]?.dataSet.subarray(-2).equals(Buffer.from([2, 1])))
  })

  it('believes the data set, not the file meta information, about the encoding', async (t) => {
    const scp = await startScp(t, { syntaxes: [implicitVrLittleEndian] })
    const lying = makeFile({ transferSyntax: implicitVrLittleEndian })
    await createSender(t).send(scp.destination, sourceOf(lying))
    const dataSet = readDataSet(scp.received[0]?.dataSet ?? assert.fail(), {
      explicitVr: false,
      littleEndian: true,
    })
    assert.equal(textOf(dataSet, 0x00080018), '1.2.3.3')
  })
})

describe('answers of the peer', () => {
  for (const status of [0xb000, 0xb006, 0xb007, 0x0111]) {
    it(`counts ${status.toString(16)} as stored`, async (t) => {
      const scp = await startScp(t, { answer: () => status })
      assert.equal((await createSender(t).send(scp.destination, sourceOf(makeFile()))).status, status)
    })
  }

  for (const [status, isPassing] of [
    [0xa700, true],
    [0xa7ff, true],
    [0xa900, false],
    [0xc000, false],
    [0x0122, false],
    [0xfe00, false],
  ] as const) {
    it(`fails with ${status.toString(16)}, and goes on over the same association`, async (t) => {
      let answer = status as number
      const scp = await startScp(t, { answer: () => ({ status: answer, errorComment: 'no room' }) })
      const sender = createSender(t)
      await assert.rejects(sender.send(scp.destination, sourceOf(makeFile())), (error) => {
        assert.ok(error instanceof DomainError)
        assert.equal(error.code, 'NetworkProtocol')
        assert.deepEqual(error.payload, { type: 'Dimse', content: { DimseErrorStatus: status } })
        assert.equal(error.passing !== undefined, isPassing)
        assert.match(error.message, /no room/)
        return true
      })
      answer = 0
      await sender.send(scp.destination, sourceOf(makeFile()))
      assert.equal(scp.proposals.length, 1)
    })
  }
})

describe('trouble', () => {
  it('nobody listens: passes', async (t) => {
    const scp = await startScp(t)
    await scp.abort()
    const sending = createSender(t).send(scp.destination, sourceOf(makeFile()))
    await assert.rejects(sending, failure('NetworkProtocol', { passing: {} }))
  })

  for (const [result, passing] of [
    [1, undefined],
    [2, {}],
  ] as const) {
    it(`rejected with result ${result}: ${passing ? 'passes' : 'stays'}`, async (t) => {
      const scp = await startScp(t, { accept: () => ({ reject: { result, source: 1, reason: 1 } }) })
      const sending = createSender(t).send(scp.destination, sourceOf(makeFile()))
      await assert.rejects(sending, failure('NetworkProtocol', { passing }))
    })
  }

  it('the peer never answers: passes after the timeout', async (t) => {
    const scp = await startScp(t, { answer: () => new Promise(() => {}) })
    const destination = { ...scp.destination, timeout: 0.05 }
    const sending = createSender(t).send(destination, sourceOf(makeFile()))
    await assert.rejects(sending, failure('NetworkProtocol', { passing: {} }))
  })

  it('the peer goes in the middle of an instance: passes', async (t) => {
    const scp = await startScp(t, {
      handlers: {
        store: async ({ dataSet }) => {
          for await (const _ of dataSet) await scp.abort()
          return 0
        },
      },
    })
    const file = makeFile({ pixels: Buffer.alloc(20_000_000) })
    const sending = createSender(t).send(scp.destination, sourceOf(file, 100_000))
    await assert.rejects(sending, failure('NetworkProtocol', { passing: {} }))
  })

  it('the file cannot be read: that is the error, and the association ends', async (t) => {
    const scp = await startScp(t)
    const sender = createSender(t)
    await sender.send(scp.destination, sourceOf(makeFile()))
    const source = {
      ...sourceOf(makeFile()),
      // biome-ignore lint/correctness/useYield: it fails before
      read: async function* (): AsyncGenerator<Uint8Array> {
        throw new DomainError('CorruptedFile')
      },
    }
    await assert.rejects(sender.send(scp.destination, source), failure('CorruptedFile'))
    assert.equal(scp.proposals.length, 1)
    await sender.send(scp.destination, sourceOf(makeFile()))
    assert.equal(scp.received.length, 2)
  })

  it('the signal aborts the association', async (t) => {
    const started = Promise.withResolvers<void>()
    const scp = await startScp(t, {
      answer: () => {
        started.resolve()
        return new Promise(() => {})
      },
    })
    const cancel = new AbortController()
    const sending = createSender(t).send(scp.destination, sourceOf(makeFile()), { signal: cancel.signal })
    await started.promise
    const rejected = assert.rejects(sending, (error) => error === 'cancel')
    cancel.abort('cancel')
    await rejected
  })

  it('nothing is sent after close', async (t) => {
    const scp = await startScp(t)
    const sender = createSender(t)
    await sender.send(scp.destination, sourceOf(makeFile()))
    await sender.close()
    await assert.rejects(sender.send(scp.destination, sourceOf(makeFile())), failure('NetworkProtocol'))
  })
})

describe('verification', () => {
  it('succeeds, with C-FIND too', async (t) => {
    const asked: string[] = []
    const scp = await startScp(t, {
      handlers: {
        // biome-ignore lint/correctness/useYield: there are no matches
        find: async function* ({ identifier }) {
          asked.push(textOf(identifier, 0x00080052) ?? '')
          return 0
        },
      },
    })
    await createSender(t).verify(scp.destination, { checkFind: false })
    assert.deepEqual(asked, [])
    await createSender(t).verify(scp.destination, { checkFind: true })
    assert.deepEqual(asked, ['STUDY'])
  })

  it('fails with the status, or without C-FIND', async (t) => {
    const scp = await startScp(t, { handlers: { echo: async () => 0x0122 } })
    await assert.rejects(createSender(t).verify(scp.destination, { checkFind: false }), {
      payload: { type: 'Dimse', content: { DimseErrorStatus: 0x0122 } },
    })
    const other = await startScp(t)
    await assert.rejects(createSender(t).verify(other.destination, { checkFind: true }), {
      code: 'NetworkProtocol',
      payload: { type: 'Dimse', content: { DimseErrorStatus: 0x0211 } },
    })
  })
})
