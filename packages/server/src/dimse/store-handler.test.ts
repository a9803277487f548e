import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPart10 } from '@kingsfoil/dicom'
import type { StoreRequest } from '@kingsfoil/dimse'
import type { Received } from '../ingest/ingest.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Origin } from '../model/origin.ts'
import { createStoreHandler } from './store-handler.ts'

const dataSet = Uint8Array.of(0x08, 0, 0x60, 0, 0x43, 0x53, 2, 0, 0x43, 0x54)

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function requestFor(signal: AbortSignal = new AbortController().signal): StoreRequest {
  return {
    association: {
      callingAeTitle: 'CT1',
      calledAeTitle: 'ORTHANC',
      remoteAddress: '10.0.0.1',
    } as StoreRequest['association'],
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: '1.2.3',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    moveOriginator: undefined,
    dataSet: once(dataSet),
    signal,
  }
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

const failing = (error: unknown) =>
  createStoreHandler({ receive: () => Promise.reject(error) }, silent)(requestFor())

test('the data set becomes a DICOM file, with where it comes from and what it should be', async () => {
  let origin: Origin | undefined
  let expected: unknown
  const ids = { patient: '', study: '', series: '', instance: '' }
  const handle = createStoreHandler(
    {
      receive: async (bytes, from, options): Promise<Received> => {
        origin = from
        expected = options?.expect
        const file = await readPart10(bytes)
        assert.equal(file.transferSyntaxUid, '1.2.840.10008.1.2.1')
        assert.deepEqual(file.warnings, [])
        assert.ok(file.dataSet.has(0x00080060))
        return { status: 'AlreadyStored', ids, warnings: [] }
      },
    },
    silent,
  )
  assert.equal(await handle(requestFor()), 0)
  assert.deepEqual(origin, {
    kind: 'DicomProtocol',
    remoteIp: '10.0.0.1',
    remoteAet: 'CT1',
    calledAet: 'ORTHANC',
  })
  assert.deepEqual(expected, { sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.3' })
})

test('errors become the statuses of the error table, and internal text stays here', async () => {
  const statuses = {
    BadFileFormat: 0xc000,
    SopClassMismatch: 0xa900,
    FullStorage: 0xa700,
    Database: 0xa700,
  } as const
  for (const [code, status] of Object.entries(statuses) as [keyof typeof statuses, number][]) {
    const answer = await failing(new DomainError(code))
    assert.ok(typeof answer === 'object')
    assert.equal(answer.status, status)
  }
  assert.equal(await failing(new TypeError('inner workings')), 0x0110)
})

test('when the association is gone nobody is answered', async () => {
  const handle = createStoreHandler({ receive: () => Promise.reject(new Error('gone')) }, silent)
  await assert.rejects(handle(requestFor(AbortSignal.abort())), /gone/)
})
