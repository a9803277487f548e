import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { rejectReasons } from '../pdu/reasons.ts'
import { runDcmtk, skipDcmtk, startStorescp } from './testing/dcmtk.ts'
import { ctImage } from './testing/part10.ts'
import { associate, ctOperation, freePort, signalled, startServer } from './testing/server.ts'

async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kingsfoil-dimse-'))
  t.after(() => rm(directory, { recursive: true }))
  return directory
}

describe('DCMTK as SCU', { skip: skipDcmtk }, () => {
  it('verifies', async (t) => {
    const server = await startServer(t)
    const { code, output } = await runDcmtk('echoscu', ['-v', '--repeat', '5', '127.0.0.1', `${server.port}`])
    assert.equal(code, 0, output)
    assert.equal(output.match(/Received Echo Response \(Success\)/g)?.length, 5)
  })

  it('proposes 128 contexts', async (t) => {
    const server = await startServer(t)
    const args = ['-v', '-ppc', '128', '127.0.0.1', `${server.port}`]
    const { code, output } = await runDcmtk('echoscu', args)
    assert.equal(code, 0, output)
  })

  for (const maxPduLength of [4096, 16384, 131072]) {
    it(`stores with PDUs of ${maxPduLength} bytes`, async (t) => {
      const received = new Map<string, Uint8Array>()
      const server = await startServer(t, {
        maxPduLength,
        handlers: {
          store: async ({ sopInstanceUid, dataSet }) => {
            received.set(sopInstanceUid, Buffer.concat(await Array.fromAsync(dataSet)))
            return 0
          },
        },
      })
      const directory = await temporaryDirectory(t)
      const images = [2, 300_000, 1_000_000].map((length) => ctImage(`1.2.3.${length}`, length))
      for (const [index, { file }] of images.entries()) await writeFile(join(directory, `${index}.dcm`), file)
      const { code, output } = await runDcmtk('storescu', ['+sd', '127.0.0.1', `${server.port}`, directory])
      assert.equal(code, 0, output)
      assert.deepEqual([...received.keys()].sort(), ['1.2.3.1000000', '1.2.3.2', '1.2.3.300000'])
      const same = images.map(({ sopInstanceUid, dataSet }) =>
        Buffer.compare(dataSet, received.get(sopInstanceUid) ?? new Uint8Array(0)),
      )
      assert.deepEqual(same, [0, 0, 0])
    })
  }

  it('sees the status and comment of a refusal', async (t) => {
    const server = await startServer(t, {
      handlers: { store: async () => ({ status: 0xa700, errorComment: 'no room' }) },
    })
    const directory = await temporaryDirectory(t)
    await writeFile(join(directory, 'a.dcm'), ctImage('1.2.3', 1_000_000).file)
    const args = ['-d', '127.0.0.1', `${server.port}`, join(directory, 'a.dcm')]
    const { output } = await runDcmtk('storescu', args)
    assert.match(output, /0xa700: Refused/)
    assert.match(output, /no room/)
  })

  it('sees why it is rejected', async (t) => {
    const server = await startServer(t, {
      accept: () => ({ reject: rejectReasons.calledAeTitleNotRecognized }),
    })
    const { code, output } = await runDcmtk('echoscu', ['127.0.0.1', `${server.port}`])
    assert.notEqual(code, 0)
    assert.match(output, /Called AE Title Not Recognized/)
  })

  it('sees a user identity accepted', async (t) => {
    const users: string[] = []
    const server = await startServer(t, {
      accept: ({ userInformation }) => {
        const { primaryField, secondaryField } = userInformation.userIdentity ?? assert.fail()
        users.push(`${Buffer.from(primaryField)}:${Buffer.from(secondaryField)}`)
        return { transferSyntaxesFor: () => ['1.2.840.10008.1.2'], userIdentityResponse: new Uint8Array(0) }
      },
    })
    const directory = await temporaryDirectory(t)
    await writeFile(join(directory, 'a.dcm'), ctImage('1.2.3', 10).file)
    const args = [
      '-usr',
      'ann',
      '-pwd',
      'pw',
      '-rsp',
      '127.0.0.1',
      `${server.port}`,
      join(directory, 'a.dcm'),
    ]
    const { code, output } = await runDcmtk('storescu', args)
    assert.equal(code, 0, output)
    assert.deepEqual(users, ['ann:pw'])
  })

  it('that aborts ends the association', async (t) => {
    const ended = signalled<string>()
    const server = await startServer(t, {
      observer: { ended: (_info, error) => ended.resolve(String(error)) },
    })
    const { code } = await runDcmtk('echoscu', ['--abort', '127.0.0.1', `${server.port}`])
    assert.equal(code, 0)
    assert.match(await ended.promise, /the peer aborted/)
  })
})

describe('DCMTK as SCP', { skip: skipDcmtk }, () => {
  for (const maxPduLength of ['4096', '16384', '131072']) {
    it(`is verified and stored to with PDUs of ${maxPduLength} bytes`, async (t) => {
      const port = await freePort(t)
      const directory = await temporaryDirectory(t)
      await startStorescp(t, directory, port, ['--bit-preserving', '-pdu', maxPduLength])
      const association = await associate(t, { port })
      assert.equal(await association.echo(), 0)
      const images = [3, 4, 5].map((length) => ctImage(`1.2.3.${length}`, length * 100_000))
      for (const [index, { dataSet }] of images.entries()) {
        const result = await association.store(ctOperation([dataSet], `1.2.3.${index + 3}`))
        assert.deepEqual(result, { status: 0, errorComment: undefined })
      }
      await association.release()
      const names = (await readdir(directory)).sort()
      assert.deepEqual(names, ['CT.1.2.3.3', 'CT.1.2.3.4', 'CT.1.2.3.5'])
      for (const [index, { dataSet }] of images.entries()) {
        const stored = await readFile(join(directory, names[index] ?? ''))
        assert.equal(Buffer.compare(stored.subarray(-dataSet.length), dataSet), 0)
      }
    })
  }

  it('that rejects is understood', async (t) => {
    const port = await freePort(t)
    await startStorescp(t, await temporaryDirectory(t), port, ['--refuse'])
    await assert.rejects(associate(t, { port }), { reject: { result: 1, source: 1, reason: 1 } })
  })

  it('that aborts in mid C-STORE fails it', async (t) => {
    const port = await freePort(t)
    await startStorescp(t, await temporaryDirectory(t), port, ['--abort-during'])
    const association = await associate(t, { port })
    const { dataSet } = ctImage('1.2.3', 5_000_000)
    await assert.rejects(association.store(ctOperation([dataSet])), /aborted|closed/)
  })
})
