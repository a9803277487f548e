/** A decoder costs more to make than to use. */
const decoders = new Map<string, InstanceType<typeof TextDecoder>>()

function decode(label: string, bytes: Uint8Array): string {
  let decoder = decoders.get(label)
  if (decoder === undefined) {
    decoder = new TextDecoder(label, { ignoreBOM: true })
    decoders.set(label, decoder)
  }
  return decoder.decode(bytes)
}

/** Decodes one character, if the bytes are exactly that. `label` is that of a WHATWG encoding. */
export function decodeCharacter(label: string, bytes: Uint8Array): string | undefined {
  const text = decode(label, bytes)
  const codePoint = text.codePointAt(0)
  if (codePoint === undefined || text.length !== (codePoint > 0xffff ? 2 : 1)) return undefined
  return codePoint === 0xfffd && !isReplacementCharacter(bytes) ? undefined : text
}

/** U+FFFD in UTF-8: sent as such, not made by a decoder. */
const isReplacementCharacter = (bytes: Uint8Array): boolean =>
  bytes.length === 3 && bytes[0] === 0xef && bytes[1] === 0xbf && bytes[2] === 0xbd

/**
 * Decodes text in an encoding without ISO 2022, by its WHATWG label. Bytes that are no character are read as
 * Windows-1252, which has one for every byte, so that a value cut short keeps what it has and nothing disappears.
 */
export function decodeLeniently(label: string, bytes: Uint8Array, onUndecodable: () => void): string {
  const text = decode(label, bytes)
  if (!text.includes('\ufffd')) return text
  let result = ''
  let at = 0
  while (at < bytes.length) {
    const size = characterSize(label, bytes, at)
    const character = size === 0 ? undefined : decodeCharacter(label, bytes.subarray(at, at + size))
    if (character === undefined) onUndecodable()
    result += character ?? windows1252[bytes[at] ?? 0]
    at += character === undefined ? 1 : size
  }
  return result
}

const windows1252 = new TextDecoder('windows-1252').decode(
  Uint8Array.from({ length: 256 }, (_, byte) => byte),
)

/** Bytes of the character that begins here, if it is one; 0 if none can begin so. */
function characterSize(label: string, bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0
  if (byte < 0x80) return 1
  const second = bytes[at + 1] ?? 0
  if (label === 'utf-8') {
    if (byte < 0xc2 || byte > 0xf4 || second >> 6 !== 0b10) return 0
    return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
  }
  if (label !== 'gbk' && label !== 'gb18030') return 1
  return second >= 0x30 && second <= 0x39 ? 4 : 2
}
