import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Association } from '../association.ts'
import { type ConnectOptions, connect } from '../connect.ts'
import { type DicomServer, type ListenOptions, listen } from '../listen.ts'

export const verification = '1.2.840.10008.1.1'
export const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'
export const implicitLittleEndian = '1.2.840.10008.1.2'
export const explicitLittleEndian = '1.2.840.10008.1.2.1'

/** A server for one test on a free port of 127.0.0.1; afterwards it is closed, and nothing may be left open. */
export async function startServer(
  t: TestContext,
  options: Partial<ListenOptions> = {},
): Promise<DicomServer> {
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    accept: () => ({ transferSyntaxesFor: () => [explicitLittleEndian, implicitLittleEndian] }),
    handlers: { echo: async () => 0, store: async () => 0 },
    ...options,
  })
  t.after(async () => {
    await server.abort()
    assert.equal(server.associationCount, 0)
    // The other ends notice in their own time.
    let open = openSockets()
    for (let turn = 0; turn < 1000 && open.length > 0; turn += 1) {
      await setImmediate()
      open = openSockets()
    }
    assert.deepEqual(open, [])
  })
  return server
}

function openSockets(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS)/.test(name))
}

/** An association with `server` for Verification and CT Image Storage, aborted after the test if it still exists. */
export async function associate(
  t: TestContext,
  server: { readonly port: number },
  options: Partial<ConnectOptions> = {},
): Promise<Association> {
  const association = await connect({
    host: '127.0.0.1',
    port: server.port,
    callingAeTitle: 'SCU',
    calledAeTitle: 'SCP',
    presentationContexts: [
      { abstractSyntax: verification, transferSyntaxes: [implicitLittleEndian] },
      { abstractSyntax: ctImageStorage, transferSyntaxes: [explicitLittleEndian] },
    ],
    ...options,
  })
  t.after(() => association.abort())
  return association
}

/** A server that does not wait long for its peers to close. */
export function startHurried(t: TestContext, options: Partial<ListenOptions> = {}) {
  return startServer(t, { ...options, timeouts: { closeTimeout: 50, ...options.timeouts } })
}

/** The server still works for somebody else. */
export async function assertServes(t: TestContext, server: { readonly port: number }): Promise<void> {
  const association = await associate(t, server)
  assert.equal(await association.echo(), 0)
  await association.release()
}

/** A C-STORE of CT Image Storage. */
export function ctOperation(
  dataSet: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sopInstanceUid = '1.2.3',
) {
  return { sopClassUid: ctImageStorage, sopInstanceUid, transferSyntaxUid: explicitLittleEndian, dataSet }
}

/** `count` chunks of `length` bytes, each filled with its index. */
export async function* chunksOf(count: number, length: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield new Uint8Array(length).fill(index)
}

/** Reads a stream to its end; resolves with the number of bytes. */
export async function countBytes(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0
  for await (const chunk of stream) length += chunk.length
  return length
}

/** Something that a test waits for. */
export function signalled<Value = void>(): { promise: Promise<Value>; resolve(value: Value): void } {
  const { promise, resolve } = Promise.withResolvers<Value>()
  return { promise, resolve }
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(t: TestContext): Promise<number> {
  const server = await startServer(t)
  await server.close()
  return server.port
}
