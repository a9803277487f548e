import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { standardDictionary } from '@kingsfoil/dicom'
import { MemoryBlobStore } from '../blobs/memory-blob-store.ts'
import { Catalog } from '../catalog/catalog.ts'
import { Changes } from '../changes/changes.ts'
import type { Level } from '../model/level.ts'
import { extendMainTags } from '../model/main-tags.ts'
import { makeFile } from '../rest/dicom.fixture.ts'
import { Ingest } from './ingest.ts'
import { Reconstruct } from './reconstruct.ts'
import { selectTags } from './summarize.ts'

const usual = { dictionary: standardDictionary, defaultCharacterSet: 'ISO_IR 100' }

const extended = {
  ...usual,
  mainTags: selectTags(
    extendMainTags({ Study: ['0008,1140'], Series: ['0028,0010'], Instance: ['0028,0010'] }),
  ),
}

test('tags that are newly kept come out of the files, at every level', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-reconstruct-'))
  const catalog = await Catalog.open(folder)
  const blobs = new MemoryBlobStore()
  const clock = () => 0
  const ingest = new Ingest({
    blobs,
    catalog,
    changes: new Changes(catalog),
    clock,
    text: usual,
    overwriteInstances: false,
    reclaim: () => undefined,
  })
  const receive = async (instance: string, rows: number) => {
    const bytes = makeFile({ instance, more: [[0x00280010, 'US', Buffer.from([rows, 0])]] })
    return (
      await ingest.receive(
        (async function* () {
          yield bytes
        })(),
        { kind: 'RestApi' },
      )
    ).ids
  }
  const ids = await receive('1.2.3.3', 5)
  const other = await receive('1.2.3.4', 6)
  const rowsOf = async (level: Level, id: string) => (await catalog.get(level, id))?.mainTags['0028,0010']
  assert.equal(await rowsOf('Series', ids.series), undefined)

  const reconstruct = new Reconstruct({ blobs, catalog, text: extended })
  assert.equal(await reconstruct.one('Series', ids.series, { thisLevelOnly: true }), true)
  assert.deepEqual(
    [await rowsOf('Series', ids.series), await rowsOf('Instance', ids.instance)],
    ['5', undefined],
  )
  assert.equal((await catalog.get('Study', ids.study))?.mainTags['0008,1140'], undefined)

  await reconstruct.all()
  assert.deepEqual(
    [await rowsOf('Instance', ids.instance), await rowsOf('Instance', other.instance)],
    ['5', '6'],
  )
  const study = await catalog.get('Study', ids.study)
  assert.deepEqual(study?.mainTags['0008,1140'], [{ '0008,1155': '1.2.3' }, { '0008,1155': '1.2.4' }])
  assert.ok(study?.metadata[15]?.includes('0008,1140'))
  const found = [...catalog.search.find({ kind: 'words', level: 'Patient', alternatives: [['DOE^J']] })]
  assert.equal(found.flat().length, 1)
  assert.equal(await reconstruct.one('Series', 'nope', { thisLevelOnly: false }), false)
  await catalog.close()
  await rm(folder, { recursive: true })
})
