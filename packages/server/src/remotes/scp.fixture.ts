import type { TestContext } from 'node:test'
import {
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  Part10Reader,
  standardDictionary,
} from '@kingsfoil/dicom'
import { type ListenOptions, listen, type MoveOriginator, type StoreAnswer } from '@kingsfoil/dimse'
import type { Destination } from './destination.ts'
import type { InstanceSource } from './instance-source.ts'
import { ModalitySender, type ModalitySenderOptions } from './modality-sender.ts'

export interface ReceivedInstance {
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  readonly callingAeTitle: string
  readonly moveOriginator: MoveOriginator | undefined
  readonly dataSet: Buffer
}

export interface TestScp {
  readonly destination: Destination
  readonly received: readonly ReceivedInstance[]
  /** Transfer syntaxes that were proposed, by association and SOP class. */
  readonly proposals: readonly (readonly string[])[]
  readonly counts: { open: number; released: number; broken: number }
  abort(): Promise<void>
}

export interface ScpOptions extends Partial<Omit<ListenOptions, 'handlers' | 'observer'>> {
  /** Best first; default both little endian ones. */
  readonly syntaxes?: readonly string[]
  readonly answer?: (sopInstanceUid: string) => StoreAnswer | Promise<StoreAnswer>
  readonly handlers?: ListenOptions['handlers']
}

/** An SCP for one test on a free port; afterwards nothing of it is left open. */
export async function startScp(t: TestContext, options: ScpOptions = {}): Promise<TestScp> {
  const { syntaxes = [explicitVrLittleEndian, implicitVrLittleEndian], answer = () => 0 } = options
  const received: ReceivedInstance[] = []
  const proposals: (readonly string[])[] = []
  const counts = { open: 0, released: 0, broken: 0 }
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    accept: ({ presentationContexts }) => {
      proposals.push(presentationContexts.flatMap(({ transferSyntaxes }) => transferSyntaxes))
      return { transferSyntaxesFor: () => syntaxes }
    },
    ...options,
    handlers: {
      echo: async () => 0,
      store: async ({ association, dataSet, sopInstanceUid, transferSyntaxUid, moveOriginator }) => {
        const bytes = Buffer.concat(await Array.fromAsync(dataSet))
        const { callingAeTitle } = association
        const each = { sopInstanceUid, transferSyntaxUid, callingAeTitle, moveOriginator, dataSet: bytes }
        received.push(each)
        return answer(sopInstanceUid)
      },
      ...options.handlers,
    },
    observer: {
      accepted: () => void counts.open++,
      ended: (_association, error) => {
        counts.open--
        if (error === undefined) counts.released++
        else counts.broken++
      },
    },
  })
  t.after(() => server.abort())
  const destination = {
    host: '127.0.0.1',
    port: server.port,
    calledAeTitle: 'THERE',
    callingAeTitle: 'HERE',
    useTls: false,
    timeout: 10,
    allowTranscoding: true,
  }
  return { destination, received, proposals, counts, abort: () => server.abort() }
}

/** A sender that is closed after the test. */
export function createSender(t: TestContext, options: Partial<ModalitySenderOptions> = {}): ModalitySender {
  const sender = new ModalitySender({
    maxPduLength: 16_384,
    tls: async () => ({}),
    closeDelay: 5,
    dictionary: standardDictionary,
    ...options,
  })
  t.after(() => sender.close())
  return sender
}

/** A file that is in memory, given in pieces. */
export function sourceOf(file: Uint8Array, pieceBytes = 1000): InstanceSource {
  const reader = new Part10Reader({ untilPixelData: true })
  reader.push(file)
  return {
    head: reader.end(),
    read: async function* ({ start, end = file.length } = { start: 0 }) {
      for (let at = start; at < end; at += pieceBytes) yield file.subarray(at, Math.min(at + pieceBytes, end))
    },
    readInflated: () => {
      throw new Error('Not deflated')
    },
  }
}
