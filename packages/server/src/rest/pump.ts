import type { ServerResponse } from 'node:http'

/** What is sent, and how. */
export interface Transfer {
  readonly source: AsyncIterable<Uint8Array>
  /** Bytes that `source` gives, if that is known beforehand. */
  readonly length: number | undefined
  /** Seconds without progress after which a client is given up. */
  readonly timeout: number
  /** Writes the head. Called once the first bytes are there: a failure before that can still be told. */
  readonly begin: () => void
  /** Cuts the connection, also of a client that takes nothing. */
  readonly signal?: AbortSignal | undefined
  /** Called for each chunk that the system has taken over. */
  readonly release: (chunk: Uint8Array) => void
}

/**
 * Writes as fast as the client takes it. A failure after the first bytes, and a stream of another length, cut the
 * connection.
 */
export async function pump(response: ServerResponse, transfer: Transfer): Promise<void> {
  const { source, timeout, signal, begin, release } = transfer
  const iterator = source[Symbol.asyncIterator]()
  const cut = (): void => void response.destroy()
  try {
    let next = await iterator.next()
    begin()
    signal?.addEventListener('abort', cut)
    if (signal?.aborted === true) cut()
    response.socket?.setTimeout(timeout * 1000)
    let left = transfer.length ?? Number.POSITIVE_INFINITY
    while (next.done !== true && !response.destroyed) {
      const chunk = next.value
      left -= chunk.length
      if (left < 0) break
      if (left === 0) {
        // One call less: the end goes along with the last bytes.
        response.end(chunk, () => release(chunk))
        return
      }
      const onWritten = (error: Error | null | undefined): void => {
        if (!error) release(chunk)
      }
      if (!response.write(chunk, onWritten)) await writable(response)
      next = await iterator.next()
    }
    if (left === 0 || transfer.length === undefined) response.end()
    else response.destroy()
  } catch (error) {
    if (!response.headersSent) throw error
    response.destroy()
  } finally {
    signal?.removeEventListener('abort', cut)
    await iterator.return?.()
  }
}

/**
 * Writes as fast as the client takes it, until the source ends, which `signal` should make it do. A failure, and a
 * client that does not even take the end, cuts the connection.
 */
export async function pumpTexts(
  response: ServerResponse,
  source: AsyncIterable<string>,
  timeout: number,
  signal: AbortSignal,
): Promise<void> {
  const { socket } = response
  const leave = (): void => {
    if (response.writableNeedDrain) response.destroy()
  }
  signal.addEventListener('abort', leave)
  try {
    // Silence is no reason to end this; not to take what was said is.
    socket?.setTimeout(0)
    for await (const text of source) {
      if (response.destroyed) return
      if (response.write(text)) continue
      socket?.setTimeout(timeout * 1000)
      await writable(response)
      socket?.setTimeout(0)
    }
    response.end()
  } catch (error) {
    response.destroy()
    throw error
  }
}

/** Resolves when there is room again, or nobody left to write to. */
function writable(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      response.off('drain', settle)
      response.off('close', settle)
      resolve()
    }
    response.on('drain', settle)
    response.on('close', settle)
    if (response.destroyed) settle()
  })
}
