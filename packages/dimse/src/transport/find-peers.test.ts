import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { buildDataSet, type DataSet, encodeDataSet, type NewElement, textOf } from '@kingsfoil/dicom'
import { OperationFailedError } from '../dimse/dimse-error.ts'
import { type FindMatch, findSopClasses } from '../services/find.ts'
import { isInstalled, runDcmtk, skipDcmtk, startPeer } from './testing/dcmtk.ts'
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
  ctImageStorage,
  explicitLittleEndian,
  freePort,
  implicitLittleEndian,
  signalled,
} from './testing/server.ts'

const skipFindscu = skipDcmtk || (isInstalled('findscu') ? false : 'DCMTK (findscu) is not installed')

async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kingsfoil-dimse-'))
  t.after(() => rm(directory, { recursive: true }))
  return directory
}

function findscu(server: { readonly port: number }, ...args: readonly string[]) {
  return runDcmtk('findscu', [...args, '127.0.0.1', `${server.port}`])
}

const countOf = (output: string, pattern: RegExp): number => output.match(pattern)?.length ?? 0

describe('findscu as SCU', { skip: skipFindscu }, () => {
  const syntaxes = [
    ['-xe', 'Little Endian Explicit'],
    ['-xb', 'Big Endian Explicit'],
    ['-xi', 'Little Endian Implicit'],
  ] as const
  for (const [option, name] of syntaxes) {
    it(`finds in ${name}`, async (t) => {
      const queries: DataSet[] = []
      const server = await startFindServer(
        t,
        async function* ({ identifier }) {
          queries.push(identifier)
          yield study(1, [0x00080005, 'CS', 'ISO_IR 192'], [0x00100010, 'PN', 'Müller^Jörg'])
          yield study(2, [0x00081110, 'SQ', [[[0x00081150, 'UI', '1.2.3']], []]], [0x00280010, 'US', 513])
          return 0
        },
        // The acceptor's order decides.
        {
          accept: ({ presentationContexts }) => ({
            transferSyntaxesFor: () => presentationContexts[0]?.transferSyntaxes,
          }),
        },
      )
      const keys = ['-k', 'QueryRetrieveLevel=STUDY', '-k', 'PatientName=M*', '-k', 'Rows=513']
      const { code, output } = await findscu(server, '-v', '-S', option, ...keys)
      assert.equal(code, 0, output)
      assert.equal(countOf(output, /Find Response: \d+ \(Pending\)/g), 2, output)
      assert.match(output, /Received Final Find Response \(Success\)/)
      const responses = output.slice(output.indexOf('Find Response'))
      assert.equal(countOf(responses, new RegExp(`Used TransferSyntax: ${name}`, 'g')), 2)
      assert.match(output, /PN \[Müller\^Jörg/)
      assert.match(output, /US 513/)
      assert.match(output, /\(0008,1150\) UI \[1\.2\.3/)
      const [query] = queries
      assert.ok(query)
      assert.equal(textOf(query, 0x00100010), 'M*')
      assert.equal(textOf(query, 0x00280010), '513')
    })
  }

  it('finds in a worklist, with sequences in the query', async (t) => {
    const asked: unknown[] = []
    const server = await startFindServer(t, async function* ({ sopClassUid, identifier }) {
      const steps = identifier.get(0x00400100)?.value
      assert.ok(steps?.kind === 'items' && steps.items[0])
      asked.push(sopClassUid, textOf(steps.items[0], 0x00080060))
      yield { status: 0xff01, identifier }
      return 0
    })
    const { code, output } = await findscu(
      server,
      '-v',
      '-W',
      '-k',
      'ScheduledProcedureStepSequence[0].Modality=CT',
    )
    assert.equal(code, 0, output)
    assert.deepEqual(asked, [findSopClasses.modalityWorklist, 'CT'])
    assert.match(output, /Find Response: 1 \(Pending: WarningUnsupportedOptionalKeys\)/)
  })

  it('sends and takes identifiers longer than a PDU', async (t) => {
    const asked: unknown[] = []
    const comments = 'x'.repeat(9000)
    const server = await startFindServer(
      t,
      async function* ({ identifier }) {
        asked.push(textOf(identifier, 0x00324000))
        yield study(1, [0x00324000, 'LT', 'y'.repeat(10_001)])
        return 0
      },
      { maxPduLength: 4096 },
    )
    const { code, output } = await findscu(server, '-v', '-S', '-pdu', '4096', '-k', `0032,4000=${comments}`)
    assert.equal(code, 0, output)
    assert.deepEqual(asked, [comments])
    assert.match(output, /\(0032,4000\) LT \[y+.*# *10002, 1/)
  })

  it('cancels', async (t) => {
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
    const { code, output } = await findscu(
      server,
      '-v',
      '-S',
      '--cancel',
      '3',
      '-k',
      'QueryRetrieveLevel=STUDY',
    )
    assert.equal(code, 0, output)
    assert.match(output, /Received Final Find Response \(Cancel/)
    assert.ok(countOf(output, /Find Response: \d+ \(Pending\)/g) >= 3)
    assert.equal(await ended.promise, true)
  })

  it('cancels a handler that hangs', async (t) => {
    const server = await startFindServer(t, async function* () {
      yield study(1)
      await new Promise(() => {})
      return 0
    })
    const { code, output } = await findscu(
      server,
      '-v',
      '-S',
      '--cancel',
      '1',
      '-k',
      'QueryRetrieveLevel=STUDY',
    )
    assert.equal(code, 0, output)
    assert.match(output, /Received Final Find Response \(Cancel/)
  })

  it('sees the status and comment of a failure', async (t) => {
    const server = await startFindServer(t, async function* () {
      yield study(1)
      return { status: 0xa900, errorComment: 'no such level' }
    })
    const { output } = await findscu(server, '-d', '-S', '-k', 'QueryRetrieveLevel=FLOOR')
    assert.match(output, /0xa900: /)
    assert.match(output, /no such level/)
  })

  it('that aborts is noticed', async (t) => {
    const ended = signalled<string>()
    const server = await startFindServer(
      t,
      async function* () {
        yield study(1)
        return 0
      },
      { observer: { ended: (_info, error) => ended.resolve(String(error)) } },
    )
    const { code } = await findscu(server, '--abort', '-S', '-k', 'QueryRetrieveLevel=STUDY')
    assert.equal(code, 0)
    assert.match(await ended.promise, /the peer aborted/)
  })
})

/** A C-FIND SCP that also stores. */
interface Peer {
  readonly name: string
  readonly skip: string | false
  /** Resolves with its port. */
  start(t: TestContext): Promise<number>
}

const dcmqrscp: Peer = {
  name: 'dcmqrscp',
  skip: isInstalled('dcmqrscp') ? false : 'DCMTK (dcmqrscp) is not installed',
  start: async (t) => {
    const directory = await temporaryDirectory(t)
    const port = await freePort(t)
    const storage = join(directory, 'storage')
    await mkdir(storage)
    const config = join(directory, 'dcmqrscp.cfg')
    await writeFile(
      config,
      [
        `NetworkTCPPort = ${port}`,
        'MaxPDUSize = 16384',
        'MaxAssociations = 16',
        'HostTable BEGIN',
        'HostTable END',
        'VendorTable BEGIN',
        'VendorTable END',
        'AETable BEGIN',
        `SCP ${storage} RW (200, 1024mb) ANY`,
        'AETable END',
        '',
      ].join('\n'),
    )
    await startPeer(t, port, 'dcmqrscp', ['-c', config, `${port}`])
    return port
  },
}

const orthanc: Peer = {
  name: 'Orthanc',
  skip: isInstalled('Orthanc') ? false : 'Orthanc is not installed',
  start: async (t) => {
    const directory = await temporaryDirectory(t)
    const port = await freePort(t)
    const config = join(directory, 'orthanc.json')
    const options = {
      StorageDirectory: join(directory, 'storage'),
      IndexDirectory: join(directory, 'storage'),
      HttpServerEnabled: false,
      DicomPort: port,
      DicomAlwaysAllowFind: true,
      DicomAlwaysAllowStore: true,
    }
    await writeFile(config, JSON.stringify(options))
    await startPeer(t, port, 'Orthanc', [config])
    return port
  },
}

/** A CT image of a study of its own. */
function ctImage(number: number): Uint8Array {
  const elements: readonly NewElement[] = [
    [0x00080005, 'CS', 'ISO_IR 192'],
    [0x00080016, 'UI', ctImageStorage],
    [0x00080018, 'UI', `1.2.3.${number}.1.1`],
    [0x00080020, 'DA', '20260101'],
    [0x00080030, 'TM', '120000'],
    [0x00080050, 'SH', `A${number}`],
    [0x00080060, 'CS', 'CT'],
    [0x00100010, 'PN', `Müller^${number}`],
    [0x00100020, 'LO', `P${number}`],
    [0x00100030, 'DA'],
    [0x00100040, 'CS', 'O'],
    [0x0020000d, 'UI', `1.2.3.${number}`],
    [0x0020000e, 'UI', `1.2.3.${number}.1`],
    [0x00200010, 'SH', 'S'],
    [0x00200011, 'IS', 1],
    [0x00200013, 'IS', 1],
  ]
  return encodeDataSet(buildDataSet(littleEndian, elements), littleEndian)
}

async function storeStudies(t: TestContext, port: number, count: number): Promise<void> {
  const association = await associate(t, { port })
  for (let number = 1; number <= count; number += 1) {
    const { status } = await association.store({
      sopClassUid: ctImageStorage,
      sopInstanceUid: `1.2.3.${number}.1.1`,
      transferSyntaxUid: explicitLittleEndian,
      dataSet: [ctImage(number)],
    })
    assert.equal(status, 0)
  }
  await association.release()
}

const namesOf = (matches: readonly FindMatch[]): readonly unknown[] =>
  matches.map(({ identifier }) => textOf(identifier, 0x00100010)).sort()

for (const { name, skip, start } of [dcmqrscp, orthanc]) {
  describe(`${name} as SCP of C-FIND`, { skip }, () => {
    it('answers queries in each transfer syntax', async (t) => {
      const port = await start(t)
      await storeStudies(t, port, 3)
      for (const transferSyntax of [explicitLittleEndian, implicitLittleEndian, explicitBigEndian]) {
        const association = await associate(
          t,
          { port },
          {
            presentationContexts: [
              { abstractSyntax: studyRoot, transferSyntaxes: [transferSyntax] },
              { abstractSyntax: findSopClasses.patientRoot, transferSyntaxes: [transferSyntax] },
            ],
          },
        )
        const studies = await Array.fromAsync(association.find(studyQuery, { sopClassUid: studyRoot }))
        assert.deepEqual(studies.map(studyUidOf).sort(), ['1.2.3.1', '1.2.3.2', '1.2.3.3'])
        assert.deepEqual(namesOf(studies), ['Müller^1', 'Müller^2', 'Müller^3'])
        const patientQuery = buildDataSet({ explicitVr: false, littleEndian: true }, [
          [0x00080005, 'CS', 'ISO_IR 192'],
          [0x00080052, 'CS', 'PATIENT'],
          [0x00100010, 'PN', 'Müller^2'],
          [0x00100020, 'LO'],
        ])
        const { patientRoot } = findSopClasses
        const patients = await Array.fromAsync(association.find(patientQuery, { sopClassUid: patientRoot }))
        assert.deepEqual(namesOf(patients), ['Müller^2'])
        await association.release()
      }
    })

    it('is cancelled, and asked again', async (t) => {
      const port = await start(t)
      await storeStudies(t, port, 20)
      const association = await associate(t, { port }, { presentationContexts: findContexts })
      for await (const match of association.find(studyQuery, { sopClassUid: studyRoot })) {
        assert.ok(studyUidOf(match))
        break
      }
      const controller = new AbortController()
      const { signal } = controller
      const found = association.find(studyQuery, { sopClassUid: studyRoot, signal })
      await found.next()
      controller.abort(new Error('enough'))
      await assert.rejects(found.next(), /enough/)
      const all = await Array.fromAsync(association.find(studyQuery, { sopClassUid: studyRoot }))
      assert.equal(all.length, 20)
      await association.release()
    })

    it('fails a query without a level', async (t) => {
      const port = await start(t)
      const association = await associate(t, { port }, { presentationContexts: findContexts })
      const query = buildDataSet(littleEndian, [[0x0020000d, 'UI']])
      await assert.rejects(
        Array.fromAsync(association.find(query, { sopClassUid: studyRoot })),
        OperationFailedError,
      )
      await association.release()
    })
  })
}
