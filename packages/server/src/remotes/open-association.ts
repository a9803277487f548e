import { type Association, type ConnectOptions, connect } from '@kingsfoil/dimse'
import type { Destination } from './destination.ts'

/** What this side is like as SCU. */
export interface ScuOptions {
  /** Bytes of the longest PDU to receive. */
  readonly maxPduLength: number
  /** Of associations over TLS; asked for when there is one. Errors: those of files that cannot be used. */
  readonly tls: () => Promise<ConnectOptions['tls'] & {}>
}

/** Errors: `AssociationError`, the reason of `signal`, those of `ScuOptions.tls`. */
export async function openAssociation(
  destination: Destination,
  presentationContexts: ConnectOptions['presentationContexts'],
  scu: ScuOptions,
  signal?: AbortSignal,
): Promise<Association> {
  const { host, port, calledAeTitle, callingAeTitle, useTls, timeout } = destination
  const milliseconds = timeout * 1000
  return connect({
    host,
    port,
    calledAeTitle,
    callingAeTitle,
    presentationContexts,
    maxPduLength: scu.maxPduLength,
    timeouts: { connectTimeout: milliseconds, idleTimeout: milliseconds },
    tls: useTls ? await scu.tls() : undefined,
    signal,
  })
}
