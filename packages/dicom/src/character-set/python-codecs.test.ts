import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import * as multiByte from './multi-byte-sets.ts'
import * as singleByte from './single-byte-sets.ts'

const python = ['python3', '/usr/bin/python3'].find((command) => spawnSync(command, ['-c', '']).status === 0)
const skip = python === undefined && 'Python is not installed'

/** Codecs of Python that contain the sets in the upper half, and the bytes that go before a character. */
const codecs: Readonly<Record<number, readonly [codec: string, prefix?: number]>> = {
  13: ['shift_jis'],
  58: ['gb2312'],
  87: ['euc_jp'],
  100: ['iso8859_1'],
  101: ['iso8859_2'],
  109: ['iso8859_3'],
  110: ['iso8859_4'],
  126: ['iso8859_7'],
  127: ['iso8859_6'],
  138: ['iso8859_8'],
  144: ['iso8859_5'],
  148: ['iso8859_9'],
  149: ['euc_kr'],
  159: ['euc_jp', 0x8f],
  166: ['tis_620'],
  203: ['iso8859_15'],
}

/** Cells for which Unicode's mapping tables and the encoding standard have chosen different characters. */
const differences: Readonly<Record<number, readonly number[]>> = {
  58: [0x03, 0x09],
  87: [0x20, 0x21, 0x3c, 0x50, 0x51, 0x89],
  149: [0x14d],
  159: [0x74],
}

const program = `
import sys, json
print(json.dumps([[bytes.fromhex(code).decode(codec, 'replace') for code in codes] for codec, codes in json.load(sys.stdin)]))
`

test('every registered character is what the codecs of Python have at its code', { skip }, () => {
  const listed = [...Object.values(singleByte), ...Object.values(multiByte)].filter(
    (set) => codecs[set.number] !== undefined,
  )
  assert.equal(listed.length, Object.keys(codecs).length)
  const cells = listed.map((set) =>
    [...set.cells.keys()].filter((cell) => set.cellOf(set.cells[cell] ?? 0) === cell),
  )
  const input = listed.map((set, index) => {
    const [codec, prefix] = codecs[set.number] ?? ['']
    const code = (cell: number) =>
      set.bytesPerCharacter === 1 ? [cell | 0x80] : [Math.trunc(cell / 94) + 0xa1, (cell % 94) + 0xa1]
    const hex = (cell: number) => Uint8Array.from([...(prefix === undefined ? [] : [prefix]), ...code(cell)])
    return [codec, (cells[index] ?? []).map((cell) => Buffer.from(hex(cell)).toString('hex'))]
  })
  const { stdout } = spawnSync(python ?? '', ['-c', program], {
    input: JSON.stringify(input),
    maxBuffer: 1 << 26,
  })
  const expected = JSON.parse(String(stdout)) as readonly (readonly string[])[]
  for (const [index, set] of listed.entries()) {
    const wrong = (cells[index] ?? []).filter(
      (cell, at) => expected[index]?.[at] !== String.fromCharCode(set.cells[cell] ?? 0),
    )
    assert.deepEqual(wrong, differences[set.number] ?? [], `ISO-IR ${set.number}`)
  }
})
