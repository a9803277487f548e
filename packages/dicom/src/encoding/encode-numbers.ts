import { elementOf, groupOf } from '../tag.ts'
import type { Vr } from '../vr.ts'

type Setter = (view: DataView, at: number, value: number | bigint, littleEndian: boolean) => void

/** How the numbers of a binary VR are laid out (PS3.5 6.2). */
interface NumberLayout {
  readonly size: 2 | 4 | 8
  readonly set: Setter
  /** Of integers, both allowed. */
  readonly range?: readonly [minimum: number | bigint, maximum: number | bigint]
}

const setUint16: Setter = (view, at, value, little) => view.setUint16(at, Number(value), little)
const setUint32: Setter = (view, at, value, little) => view.setUint32(at, Number(value), little)
const setBigUint64: Setter = (view, at, value, little) => view.setBigUint64(at, BigInt(value), little)
const setFloat32: Setter = (view, at, value, little) => view.setFloat32(at, Number(value), little)
const setFloat64: Setter = (view, at, value, little) => view.setFloat64(at, Number(value), little)
const setTag: Setter = (view, at, value, little) => {
  view.setUint16(at, groupOf(Number(value)), little)
  view.setUint16(at + 2, elementOf(Number(value)), little)
}

const layouts: Partial<Record<Vr, NumberLayout>> = {
  AT: { size: 4, set: setTag, range: [0, 0xffffffff] },
  FD: { size: 8, set: setFloat64 },
  FL: { size: 4, set: setFloat32 },
  OD: { size: 8, set: setFloat64 },
  OF: { size: 4, set: setFloat32 },
  OL: { size: 4, set: setUint32, range: [0, 0xffffffff] },
  OV: { size: 8, set: setBigUint64, range: [0n, 2n ** 64n - 1n] },
  OW: { size: 2, set: setUint16, range: [0, 0xffff] },
  SL: { size: 4, set: setUint32, range: [-0x80000000, 0x7fffffff] },
  SS: { size: 2, set: setUint16, range: [-0x8000, 0x7fff] },
  SV: { size: 8, set: setBigUint64, range: [-(2n ** 63n), 2n ** 63n - 1n] },
  UL: { size: 4, set: setUint32, range: [0, 0xffffffff] },
  US: { size: 2, set: setUint16, range: [0, 0xffff] },
  UV: { size: 8, set: setBigUint64, range: [0n, 2n ** 64n - 1n] },
}

/** The bytes of numbers in a binary VR; undefined if the VR is none, or one of the values is no number for it. */
export function encodeNumbers(
  vr: Vr,
  values: readonly unknown[],
  littleEndian: boolean,
): Uint8Array | undefined {
  const layout = layouts[vr]
  if (layout === undefined) return undefined
  const bytes = new Uint8Array(values.length * layout.size)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) {
    if (!isNumberFor(layout, value)) return undefined
    layout.set(view, index * layout.size, value, littleEndian)
  }
  return bytes
}

function isNumberFor({ range }: NumberLayout, value: unknown): value is number | bigint {
  if (typeof value !== 'number' && typeof value !== 'bigint') return false
  if (range === undefined) return true
  return (typeof value === 'bigint' || Number.isInteger(value)) && value >= range[0] && value <= range[1]
}
