/** Which half of the code table a set is designated to: bytes 0x20-0x7F or 0xA0-0xFF (PS3.5 6.1.2.1). */
export type CodeElement = 'G0' | 'G1'

export interface CodedSetDescription {
  /** ISO 2375 registration number, as in `ISO-IR 100`. */
  readonly number: number
  readonly element: CodeElement
  /** What follows ESC when the set is designated (PS3.3 Tables C.12-3 and C.12-4). */
  readonly escape: string
  readonly bytesPerCharacter: 1 | 2
  /** Characters by cell; U+FFFD where there is none. */
  readonly read: () => string
  /** False for cells that are read but are not in the registered set. Cell: see `CodedSet.cells`. */
  readonly isRegistered?: (cell: number) => boolean
  /** Characters whose place is taken by a lookalike in `read`. */
  readonly lookalikes?: ReadonlyMap<number, number>
  /** WHATWG label of the vendors' two-byte set that holds this one and is sent in its place. */
  readonly superset?: string
}

/**
 * A coded character set that ISO 2022 can designate to G0 or G1.
 * One byte per character: 128 cells, by the low 7 bits. Two bytes: 94 x 94 cells from 0x2121 on, in 7-bit form.
 */
export class CodedSet {
  readonly number: number
  readonly element: CodeElement
  readonly escape: string
  readonly bytesPerCharacter: 1 | 2
  readonly superset: string | undefined
  readonly #description: CodedSetDescription
  #cells: Uint16Array | undefined
  #cellByCodePoint: Map<number, number> | undefined

  constructor(description: CodedSetDescription) {
    this.number = description.number
    this.element = description.element
    this.escape = description.escape
    this.bytesPerCharacter = description.bytesPerCharacter
    this.superset = description.superset
    this.#description = description
  }

  /** Code point by cell, 0 where there is no character. Made when first asked for. */
  get cells(): Uint16Array {
    this.#cells ??= Uint16Array.from(this.#description.read(), toCodeUnit)
    return this.#cells
  }

  /** The cell of a character of the registered set. */
  cellOf(codePoint: number): number | undefined {
    this.#cellByCodePoint ??= this.#invert()
    return this.#cellByCodePoint.get(codePoint)
  }

  #invert(): Map<number, number> {
    const { isRegistered = () => true, lookalikes } = this.#description
    const inverse = new Map<number, number>()
    this.cells.forEach((codePoint, cell) => {
      if (codePoint !== 0 && isRegistered(cell) && !inverse.has(codePoint)) inverse.set(codePoint, cell)
    })
    for (const [codePoint, lookalike] of lookalikes ?? []) {
      const cell = inverse.get(lookalike)
      if (cell !== undefined && !inverse.has(codePoint)) inverse.set(codePoint, cell)
    }
    return inverse
  }
}

const toCodeUnit = (character: string): number => (character === '\ufffd' ? 0 : character.charCodeAt(0))

const noCharacters = (count: number): string => '\ufffd'.repeat(count)

/** Cells of the upper half of an 8-bit encoding, between two bytes. */
export function readUpperHalf(label: string, from = 0xa0, to = 0xff): string {
  const decoder = new TextDecoder(label)
  let text = noCharacters(0x20)
  for (let byte = 0xa0; byte <= 0xff; byte++) {
    text += byte < from || byte > to ? '\ufffd' : decoder.decode(Uint8Array.of(byte))
  }
  return text
}

/** Cells of a 94 x 94 set that `label` encodes as `prefix` and two bytes from 0xA1A1 to 0xFEFE. */
export function readPairs(label: string, prefix: readonly number[] = []): string {
  const size = prefix.length + 3
  const bytes = new Uint8Array(94 * 94 * size)
  for (let cell = 0; cell < 94 * 94; cell++) {
    bytes.set([...prefix, 0xa1 + Math.trunc(cell / 94), 0xa1 + (cell % 94), 0x0a], cell * size)
  }
  const lines = new TextDecoder(label).decode(bytes).split('\n')
  return lines
    .slice(0, -1)
    .map((line) => (line.length === 1 ? line : '\ufffd'))
    .join('')
}
