/** The bytes of [0, end) as characters of the same codes. For short text a call of TextDecoder costs more. */
export function readByHand(bytes: Uint8Array, end = bytes.length): string {
  let text = ''
  for (let at = 0; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0)
  return text
}
