import { formatTag, makeTag, type Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'

/** 64-bit integers as bigint, all others as number. */
export type NumericValue = number | bigint

interface NumericVr {
  /** Bytes per value. */
  readonly size: number
  readonly read: (view: DataView, offset: number, littleEndian: boolean) => NumericValue
  readonly format: (value: NumericValue) => string
}

const integer = (size: number, read: NumericVr['read']): NumericVr => ({ size, read, format: String })
const real = (size: number, read: NumericVr['read']): NumericVr => ({
  size,
  read,
  format: (value) => formatReal(Number(value)),
})

const single = real(4, (view, offset, littleEndian) => view.getFloat32(offset, littleEndian))
const double = real(8, (view, offset, littleEndian) => view.getFloat64(offset, littleEndian))
const unsignedLong = integer(4, (view, offset, littleEndian) => view.getUint32(offset, littleEndian))
const unsigned64 = integer(8, (view, offset, littleEndian) => view.getBigUint64(offset, littleEndian))

/** VRs of binary numbers (PS3.5 Table 6.2-1), OF, OD, OL and OV among them. */
const numericVrs: Readonly<Partial<Record<Vr, NumericVr>>> = {
  AT: {
    size: 4,
    read: (view, offset, littleEndian) =>
      makeTag(view.getUint16(offset, littleEndian), view.getUint16(offset + 2, littleEndian)),
    format: (value) => formatTag(Number(value)),
  },
  FD: double,
  FL: single,
  OD: double,
  OF: single,
  OL: unsignedLong,
  OV: unsigned64,
  SL: integer(4, (view, offset, littleEndian) => view.getInt32(offset, littleEndian)),
  SS: integer(2, (view, offset, littleEndian) => view.getInt16(offset, littleEndian)),
  SV: integer(8, (view, offset, littleEndian) => view.getBigInt64(offset, littleEndian)),
  UL: unsignedLong,
  US: integer(2, (view, offset, littleEndian) => view.getUint16(offset, littleEndian)),
  UV: unsigned64,
}

export const isNumericVr = (vr: Vr): boolean => numericVrs[vr] !== undefined

/** How many whole values of a numeric VR a value field holds; 0 for other VRs. Left-over bytes do not count. */
export function countNumbers(vr: Vr, length: number): number {
  const numeric = numericVrs[vr]
  return numeric === undefined ? 0 : Math.trunc(length / numeric.size)
}

/** The whole values of a value field of a numeric VR, AT as tags; none for other VRs. */
export function readNumbers(bytes: Uint8Array, vr: Vr, littleEndian: boolean): readonly NumericValue[] {
  const numeric = numericVrs[vr]
  if (numeric === undefined) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: countNumbers(vr, bytes.length) }, (_, index) =>
    numeric.read(view, index * numeric.size, littleEndian),
  )
}

/** The values of a value field as text, joined with `\`: integers in decimal, tags as `gggg,eeee`. */
export function formatNumbers(bytes: Uint8Array, vr: Vr, littleEndian: boolean): string {
  const numeric = numericVrs[vr]
  if (numeric === undefined) return ''
  const { size, read, format } = numeric
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ''
  for (let offset = 0; offset + size <= bytes.length; offset += size) {
    if (offset > 0) text += '\\'
    text += format(read(view, offset, littleEndian))
  }
  return text
}

/** Tags of an AT value field. */
export const readTags = (bytes: Uint8Array, littleEndian: boolean): readonly Tag[] =>
  readNumbers(bytes, 'AT', littleEndian).map(Number)

const precision = 17

/** Seventeen significant digits without trailing zeros, as C's `%.17g`: enough to read back the same number. */
export function formatReal(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0'
  if (Number.isSafeInteger(value)) return String(value)
  const [mantissa = '', exponentText = ''] = roundHalfEven(Math.abs(value)).split('e')
  const digits = mantissa.replace('.', '')
  const sign = value < 0 ? '-' : ''
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= precision) return `${sign}${inExponents(digits, exponent)}`
  if (exponent < 0) return `${sign}${withPoint('0'.repeat(-exponent) + digits, 1)}`
  return `${sign}${withPoint(digits, exponent + 1)}`
}

function inExponents(digits: string, exponent: number): string {
  const exponentDigits = String(Math.abs(exponent)).padStart(2, '0')
  return `${withPoint(digits, 1)}e${exponent < 0 ? '-' : '+'}${exponentDigits}`
}

/** Puts the decimal point after so many digits and drops the zeros at the end. */
function withPoint(digits: string, position: number): string {
  const fraction = digits.slice(position).replace(/0+$/, '')
  return fraction === '' ? digits.slice(0, position) : `${digits.slice(0, position)}.${fraction}`
}

/** `toExponential` rounds a tie up, C to the even digit. A tie has one digit more, a five. */
function roundHalfEven(value: number): string {
  const rounded = value.toExponential(precision - 1)
  const [exact = '', exponent = ''] = value.toExponential(2 * precision).split('e')
  if (!/^50*$/.test(exact.slice(precision + 1)) || Number(exact[precision]) % 2 === 1) return rounded
  return `${exact.slice(0, precision + 1)}e${exponent}`
}
