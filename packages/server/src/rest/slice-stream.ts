/** The `length` bytes after the first `offset` of a stream that cannot be read from the middle. */
export async function* sliceStream(
  source: AsyncIterable<Uint8Array>,
  offset: number,
  length: number,
): AsyncGenerator<Uint8Array> {
  let position = 0
  const end = offset + length
  for await (const chunk of source) {
    const from = Math.max(0, offset - position)
    const part = chunk.subarray(from, Math.min(chunk.length, end - position))
    if (from < chunk.length && part.length > 0) yield part
    position += chunk.length
    if (position >= end) return
  }
}
