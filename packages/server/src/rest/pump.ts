import type { ServerResponse } from 'node:http'

/**
 * Writes `length` bytes as fast as the client takes them. `begin` writes the head, once the first bytes are there:
 * a failure before that can still be told. Later ones, and a stream of another length, cut the connection.
 */
export async function pump(
  source: AsyncIterable<Uint8Array>,
  length: number,
  response: ServerResponse,
  timeout: number,
  begin: () => void,
): Promise<void> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    let next = await iterator.next()
    begin()
    response.socket?.setTimeout(timeout * 1000)
    let left = length
    while (next.done !== true && !response.destroyed) {
      left -= next.value.length
      if (left < 0) break
      if (left === 0) {
        // One call less: the end goes along with the last bytes.
        response.end(next.value)
        return
      }
      if (!response.write(next.value)) await writable(response)
      next = await iterator.next()
    }
    if (left === 0) response.end()
    else response.destroy()
  } catch (error) {
    if (!response.headersSent) throw error
    response.destroy()
  } finally {
    await iterator.return?.()
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
