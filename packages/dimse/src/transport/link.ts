import { pdvHeaderLength } from '../pdu/pdu.ts'
import type { DimseLink } from '../services/message-sender.ts'
import type { Connection } from './connection.ts'

/** Longest P-DATA-TF variable field that we send, in bytes, also to peers that take any. */
export const maxSentPduLength = 128 * 1024

/** What the message exchange uses of a connection; `peerMaximumLength` 0 is unlimited. */
export function linkOver(connection: Connection, peerMaximumLength: number): DimseLink {
  const limit = peerMaximumLength === 0 ? maxSentPduLength : Math.min(peerMaximumLength, maxSentPduLength)
  return {
    maxFragmentLength: limit - pdvHeaderLength,
    send: (contextId, control, pieces, length) => connection.send(contextId, control, pieces, length),
    cork: () => connection.cork(),
    uncork: () => connection.uncork(),
    drained: () => connection.drained(),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    progress: () => connection.progress(),
    abort: (error) => connection.abort(error),
  }
}
