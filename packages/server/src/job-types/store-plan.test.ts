import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StoragePair } from '@kingsfoil/dimse'
import { systemMetadata } from '../model/metadata.ts'
import { planStore } from './store-plan.ts'

type ResourcesRoom = Parameters<typeof planStore>[1]

/** A patient with series; each is named by its SOP class, and has so many instances. */
function patientOf(series: Readonly<Record<string, number>>): ResourcesRoom {
  const instances = (name: string): readonly string[] =>
    Array.from({ length: series[name] ?? 0 }, (_, index) => `${name}/${index}`)
  const metadata = (id: string) => ({
    [systemMetadata.SopClassUid]: id.split('/')[0] ?? '',
    [systemMetadata.TransferSyntax]: '1.2.840.10008.1.2.4.50',
  })
  return {
    get: async (_level, id) => {
      if (id.startsWith('no')) return undefined
      return {
        level: 'Instance',
        id,
        parentId: undefined,
        mainTags: {},
        metadata: metadata(id),
        isProtected: false,
        isStable: true,
        file: undefined,
        lastUpdate: undefined,
        childIds: [],
        patientMainTags: undefined,
      }
    },
    firstInstance: async (_level, id) => instances(id)[0],
    descendants: async (level, id, of) => {
      if (id.startsWith('no')) return undefined
      if (level === 'Series') return instances(id)
      return of === 'Series' ? Object.keys(series) : assert.fail()
    },
  }
}

const asTheyAre = (pairs: readonly StoragePair[]) => pairs

const instancesOf = async (...[chosen, room, widen = asTheyAre]: Partial<Parameters<typeof planStore>>) =>
  (await planStore(chosen ?? [], room ?? patientOf({}), widen)).steps.map(({ instance }) => instance)

describe('planStore', () => {
  it('goes series by series, and has each instance once', async () => {
    const room = patientOf({ a: 2, b: 1 })
    const { steps, pairs } = await planStore(
      [
        { level: 'Instance', id: 'a/1' },
        { level: 'Patient', id: 'p' },
        { level: 'Series', id: 'b' },
      ],
      room,
      asTheyAre,
    )
    assert.deepEqual(steps, [
      { instance: 'a/1', resource: 0 },
      { instance: 'a/0', resource: 1 },
      { instance: 'b/0', resource: 1 },
    ])
    assert.deepEqual(
      pairs.map(({ sopClassUid }) => sopClassUid),
      ['a', 'b'],
    )
  })

  it('lets those follow each other that one association is good for', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `${index % 2 ? 'x' : 'y'}${index}`)
    const room = patientOf(Object.fromEntries(names.map((name) => [name, 1])))
    // The y have been announced before, say.
    const widen = (pairs: readonly StoragePair[]) =>
      pairs.toSorted((one, other) => (one.sopClassUid < other.sopClassUid ? 1 : -1))
    const order = await instancesOf([{ level: 'Patient', id: 'p' }], room, widen)
    assert.equal(order.length, 200)
    const first = new Set(
      widen(names.map((sopClassUid) => ({ sopClassUid, transferSyntaxUid: '' })))
        .slice(0, 128)
        .map((pair) => pair.sopClassUid),
    )
    const places = order.map((instance) => first.has(instance.split('/')[0] ?? ''))
    assert.deepEqual(places, [...Array(128).fill(true), ...Array(72).fill(false)])
  })

  for (const level of ['Patient', 'Study', 'Series', 'Instance'] as const) {
    it(`refuses an unknown ${level}`, async () => {
      await assert.rejects(instancesOf([{ level, id: 'no' }]), { code: 'UnknownResource' })
    })
  }

  it('makes nothing of an empty series', async () => {
    assert.deepEqual(await instancesOf([{ level: 'Series', id: 'a' }], patientOf({ a: 0 })), [])
  })
})
