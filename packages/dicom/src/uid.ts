/** The UID of a UUID (PS3.5 B.2): `2.25.` and its 128 bits as a decimal number. */
export function uidOfUuid(bytes: Uint8Array): string {
  let number = 0n
  for (const byte of bytes) number = (number << 8n) | BigInt(byte)
  return `2.25.${number}`
}

/** A new UID from 16 random bytes, as a version 4 UUID (RFC 9562 5.4). */
export function newUid(random: Uint8Array = crypto.getRandomValues(new Uint8Array(16))): string {
  const bytes = new Uint8Array(random.subarray(0, 16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return uidOfUuid(bytes)
}

const components = /^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*$/

/** PS3.5 9.1: at most 64 characters, components without leading zeros. */
export const isUid = (text: string): boolean => text.length <= 64 && components.test(text)
