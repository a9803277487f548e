import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Vr } from '../vr.ts'
import { countNumbers, formatNumbers, formatReal, isNumericVr, readNumbers, readTags } from './numbers.ts'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

/** VR, bytes in little and in big endian order, values. */
const rows: readonly (readonly [Vr, string, string, readonly (number | bigint)[]])[] = [
  ['US', '0100 ffff', '0001 ffff', [1, 65535]],
  ['SS', '0100 feff', '0001 fffe', [1, -2]],
  ['UL', '01000000 ffffffff', '00000001 ffffffff', [1, 4294967295]],
  ['SL', '01000000 feffffff', '00000001 fffffffe', [1, -2]],
  ['OL', '02000000', '00000002', [2]],
  ['SV', 'feffffffffffffff', 'fffffffffffffffe', [-2n]],
  ['UV', 'ffffffffffffffff', 'ffffffffffffffff', [18446744073709551615n]],
  ['OV', '0100000000000000', '0000000000000001', [1n]],
  ['FL', '0000c03f', '3fc00000', [1.5]],
  ['OF', '0000c03f', '3fc00000', [1.5]],
  ['FD', '000000000000f8bf', 'bff8000000000000', [-1.5]],
  ['OD', '000000000000f8bf', 'bff8000000000000', [-1.5]],
  ['AT', '18006310 feffcdab', '00181063 fffeabcd', [0x00181063, 0xfffeabcd]],
]

for (const [vr, little, big, values] of rows) {
  test(`${vr} in both byte orders, cut at every offset`, () => {
    assert.ok(isNumericVr(vr))
    for (const [hex, littleEndian] of [
      [little, true],
      [big, false],
    ] as const) {
      const bytes = bytesOf(hex)
      assert.deepEqual(readNumbers(bytes, vr, littleEndian), values)
      const size = bytes.length / values.length
      for (let end = 0; end <= bytes.length; end++) {
        const whole = Math.floor(end / size)
        const cut = bytes.subarray(0, end)
        assert.equal(countNumbers(vr, end), whole)
        assert.deepEqual(readNumbers(cut, vr, littleEndian), values.slice(0, whole))
        assert.equal(formatNumbers(cut, vr, littleEndian).split('\\').filter(Boolean).length, whole)
      }
    }
  })
}

test('values lie anywhere in a buffer', () => {
  const buffer = bytesOf('ff 0100 0200 ff')
  assert.deepEqual(readNumbers(buffer.subarray(1, 5), 'US', true), [1, 2])
})

test('as text', () => {
  assert.equal(formatNumbers(bytesOf('0100ffff'), 'SS', true), '1\\-1')
  assert.equal(formatNumbers(bytesOf('18006310feffcdab'), 'AT', true), '0018,1063\\fffe,abcd')
  assert.equal(formatNumbers(bytesOf('ffffffffffffffff'), 'UV', true), '18446744073709551615')
  assert.equal(formatNumbers(bytesOf('cdcccc3d'), 'FL', true), '0.10000000149011612')
  assert.deepEqual(readTags(bytesOf('18006310'), true), [0x00181063])
})

test('other VRs hold no numbers', () => {
  for (const vr of ['OB', 'OW', 'UN', 'SQ', 'LO', 'DS'] as const) {
    assert.ok(!isNumericVr(vr))
    assert.equal(formatNumbers(bytesOf('0100'), vr, true), '')
    assert.deepEqual(readNumbers(bytesOf('0100'), vr, true), [])
  }
})

test('real numbers as C prints them with %.17g', () => {
  const expected: readonly (readonly [number, string])[] = [
    [0.1, '0.10000000000000001'],
    [1.5, '1.5'],
    [-2.25, '-2.25'],
    [1e20, '1e+20'],
    [1e-7, '9.9999999999999995e-08'],
    [0.0001, '0.0001'],
    [0.00001, '1.0000000000000001e-05'],
    [123456789, '123456789'],
    [3.4028234663852886e38, '3.4028234663852886e+38'],
    [1e16, '10000000000000000'],
    [1e17, '1e+17'],
    [12345678901234568, '12345678901234568'],
    [0.30000000000000004, '0.30000000000000004'],
    [1 / 3, '0.33333333333333331'],
    [5e-324, '4.9406564584124654e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [0, '0'],
    [-0, '-0'],
    [100, '100'],
    [1e6 + 0.5, '1000000.5'],
    [Number.NaN, 'nan'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    // Ties at the eighteenth digit go to the even one.
    [Number('-180.535797119140625'), '-180.53579711914062'],
    [Number('179.035797119140625'), '179.03579711914062'],
    [Number('180.535797119140875'), '180.53579711914088'],
  ]
  for (const [value, text] of expected) assert.equal(formatReal(value), text)
})

test('real numbers come back from text', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = formatReal(value)
      assert.ok(Object.is(Number(text), value))
      assert.match(text, /^-?\d(\d*|\d*\.\d*[1-9])(e[+-]\d{2,3})?$/)
    }),
    { numRuns: 2000 },
  )
})
