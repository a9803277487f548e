import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StoragePair } from '@kingsfoil/dimse'
import type { StepContext } from '../jobs/job-type.ts'
import { DomainError } from '../model/domain-error.ts'
import type { JsonValue } from '../model/json-value.ts'
import { sourceOf } from '../remotes/scp.fixture.ts'
import { makeFile } from '../rest/dicom.fixture.ts'
import { type DicomModalityStoreDependencies, dicomModalityStore } from './dicom-modality-store.ts'
import { parseStoreParameters, type StoreParameters } from './store-parameters.ts'

const pair = { sopClassUid: '1.2.3', transferSyntaxUid: '1.2.840.10008.1.2' }

const parameters: StoreParameters = {
  description: 'REST API',
  remote: 'there',
  localAet: 'HERE',
  remoteAet: 'THERE',
  changes: { timeout: 3 },
  resources: [{ level: 'Instance', id: 'a' }],
  retries: true,
}

/** The type over an instance `a`, and what it tells the sender. */
function typeOver(send: () => Promise<void>, instance = 'a') {
  const announced: (readonly StoragePair[])[] = []
  const file = makeFile()
  const source = sourceOf(file)
  const dependencies = {
    modalities: { destination: () => ({ calledAeTitle: 'THERE' }) },
    sender: {
      expect: (_: unknown, pairs: readonly StoragePair[]) => {
        announced.push(pairs)
        return pairs
      },
      send,
    },
    resources: {
      file: async (id: string) => (id === instance ? { ...source, file: { size: file.length } } : undefined),
      header: async (id: string) => (id === instance ? source.head : undefined),
    },
    recordExport: undefined,
  } as unknown as DicomModalityStoreDependencies
  return { type: dicomModalityStore(dependencies), announced }
}

const contextOf = (stored: StoreParameters): StepContext<StoreParameters> => ({
  jobId: '1',
  parameters: stored,
  index: 0,
  facts: { pairs: [[pair.sopClassUid, pair.transferSyntaxUid]], exported: [] },
  signal: new AbortController().signal,
  log: () => undefined,
  progress: () => undefined,
  report: () => undefined,
  results: async function* () {},
})

const step: JsonValue = { instance: 'a', resource: 0 }

describe('DicomModalityStore', () => {
  it('tells the sender what is to come, also after a restart', async () => {
    const { type, announced } = typeOver(async () => {})
    await type.run(step, contextOf(parameters))
    assert.deepEqual(announced, [[pair]])
  })

  for (const retries of [true, false]) {
    it(`lets errors pass only for those who do not wait: ${retries}`, async () => {
      const payload = { type: 'Dimse', content: { DimseErrorStatus: 0xa700 } }
      const { type } = typeOver(async () => {
        throw new DomainError('NetworkProtocol', 'no room', { passing: {}, payload })
      })
      await assert.rejects(type.run(step, contextOf({ ...parameters, retries })), {
        code: 'NetworkProtocol',
        details: 'no room',
        payload,
        passing: retries ? {} : undefined,
      })
    })
  }

  it('fails for an instance that has been removed', async () => {
    const { type } = typeOver(async () => {}, 'b')
    await assert.rejects(type.run(step, contextOf(parameters)), { code: 'UnknownResource' })
  })

  it('understands its own parameters, and no others', () => {
    assert.deepEqual(parseStoreParameters(JSON.parse(JSON.stringify(parameters)) as JsonValue), parameters)
    const { remote: _, ...incomplete } = parameters
    for (const stored of [null, {}, incomplete, { ...parameters, changes: { port: 0 } }] as JsonValue[]) {
      assert.throws(() => parseStoreParameters(stored), { code: 'BadParameterType' })
    }
  })
})
