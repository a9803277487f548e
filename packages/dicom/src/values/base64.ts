const chunkSize = 0x3000

/** RFC 4648, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let start = 0; start < bytes.length; start += chunkSize) {
    text += btoa(String.fromCharCode(...bytes.subarray(start, start + chunkSize)))
  }
  return text
}
