import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildDataSet, DicomError, encodeDataSet } from '@kingsfoil/dicom'
import { commandFields } from '../dimse/messages.ts'
import { findAll, findContexts, littleEndian, studyQuery, studyRoot } from './testing/find.ts'
import { associate, signalled, startServer } from './testing/server.ts'

const options = { sopClassUid: studyRoot }
const contexts = { presentationContexts: findContexts }

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
