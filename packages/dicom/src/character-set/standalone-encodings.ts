import type { EncodeCharacter } from './encode-text.ts'

/** Encoders for the encodings without ISO 2022, by WHATWG label. Their tables are made by decoding every code. */
export const encoderFor = (label: string): EncodeCharacter =>
  (encoders[label] ?? singleByteEncoder(label)).get()

class Lazy<Value> {
  readonly #make: () => Value
  #value: Value | undefined

  constructor(make: () => Value) {
    this.#make = make
  }

  get(): Value {
    this.#value ??= this.#make()
    return this.#value
  }
}

const encoders: Readonly<Record<string, Lazy<EncodeCharacter>>> = {
  'utf-8': new Lazy(() => encodeUtf8),
  gbk: new Lazy(() => {
    const table = tableOf('gbk', twoByteCodes())
    return (character) => ascii(character) ?? table.get(character)
  }),
  gb18030: new Lazy(() => {
    const table = tableOf('gb18030', [...twoByteCodes(), ...fourByteCodes()])
    return (character) => ascii(character) ?? table.get(character) ?? encodeSupplementary(character)
  }),
}

const singleByteEncoder = (label: string): Lazy<EncodeCharacter> =>
  new Lazy(() => {
    const table = tableOf(
      label,
      Array.from({ length: 128 }, (_, index) => [128 + index]),
    )
    return (character) => ascii(character) ?? table.get(character)
  })

function ascii(character: string): readonly number[] | undefined {
  const code = character.charCodeAt(0)
  return code < 0x80 ? [code] : undefined
}

const encodeUtf8: EncodeCharacter = (character) =>
  character.isWellFormed() ? [...new TextEncoder().encode(character)] : undefined

/** Codes whose decoding is one character of the Basic Multilingual Plane; of several codes, the first. */
function tableOf(
  label: string,
  codes: readonly (readonly number[])[],
): ReadonlyMap<string, readonly number[]> {
  const lines = new TextDecoder(label)
    .decode(Uint8Array.from(codes.flatMap((code) => [...code, 0x0a])))
    .split('\n')
  const table = new Map<string, readonly number[]>()
  codes.forEach((code, index) => {
    const text = lines[index] ?? ''
    if (text.length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, code)
  })
  return table
}

/** Lead 81-FE, trail 40-7E and 80-FE (GB 18030; GBK likewise). */
function twoByteCodes(): readonly (readonly number[])[] {
  const codes: number[][] = []
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) if (trail !== 0x7f) codes.push([lead, trail])
  }
  return codes
}

/** The n-th code of four bytes: 81-FE, 30-39, 81-FE, 30-39. */
function fourByteCode(index: number): readonly number[] {
  const third = Math.trunc(index / 10)
  const second = Math.trunc(third / 126)
  const first = Math.trunc(second / 10)
  return [0x81 + first, 0x30 + (second % 10), 0x81 + (third % 126), 0x30 + (index % 10)]
}

/** Up to 8431A439, the end of the Basic Multilingual Plane. */
const fourByteCodes = (): readonly (readonly number[])[] =>
  Array.from({ length: 39_420 }, (_, index) => fourByteCode(index))

/** U+10000 is at 90308130, and the other planes follow in order. */
function encodeSupplementary(character: string): readonly number[] | undefined {
  const codePoint = character.codePointAt(0) ?? 0
  return codePoint < 0x10000 ? undefined : fourByteCode(189_000 + codePoint - 0x10000)
}
