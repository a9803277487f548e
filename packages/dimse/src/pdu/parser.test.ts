import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { bytesOf, pduFixtures } from './fixtures.ts'
import { defaultPduLimits, type PduLimits } from './limits.ts'
import { PduParser } from './parser.ts'
import type { ControlPdu } from './pdu.ts'
import type { PduError } from './pdu-error.ts'

interface Fragment {
  readonly contextId: number
  readonly control: number
  readonly data: string
}

interface Seen {
  readonly pdus: ControlPdu[]
  readonly lengths: number[]
  readonly fragments: Fragment[]
  readonly errors: PduError[]
}

/** Everything found in `chunks`, the pieces of each PDV joined. */
function parse(chunks: readonly Uint8Array[], limits: PduLimits = defaultPduLimits): Seen {
  const seen: Seen = { pdus: [], lengths: [], fragments: [], errors: [] }
  let data = ''
  const parser = new PduParser(
    {
      pdu: (pdu) => seen.pdus.push(structuredClone(pdu)),
      dataTransfer: (length) => seen.lengths.push(length),
      fragment: (contextId, control, bytes, isEnd) => {
        data += Buffer.from(bytes).toString('hex')
        if (!isEnd) return
        seen.fragments.push({ contextId, control, data })
        data = ''
      },
      invalid: (error) => seen.errors.push(error),
    },
    limits,
  )
  for (const chunk of chunks) parser.push(chunk)
  return seen
}

function oneByteAtATime(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte))
}

// Two PDVs in one P-DATA-TF, then a P-DATA-TF with an empty PDV, then an empty P-DATA-TF, then a release.
const transfers = bytesOf(`
  04 00 00 00 00 0f
  # context 1, last fragment of a command: aa bb cc
  00 00 00 05 01 03 aa bb cc
  # context 1, data set, not last: no byte
  00 00 00 02 01 00
  # context 255, last of a data set, no byte
  04 00 00 00 00 06
  00 00 00 02 ff 02
  04 00 00 00 00 00
  05 00 00 00 00 04 00 00 00 00
`)
const expectedTransfers: Seen = {
  pdus: [{ type: 'A-RELEASE-RQ' }],
  lengths: [15, 6, 0],
  fragments: [
    { contextId: 1, control: 3, data: 'aabbcc' },
    { contextId: 1, control: 0, data: '' },
    { contextId: 255, control: 2, data: '' },
  ],
  errors: [],
}

describe('PDU parser', () => {
  for (const { name, bytes, pdu } of pduFixtures) {
    it(`reads ${name}, cut at every offset`, () => {
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        const { pdus, errors } = parse([bytes.subarray(0, cut), bytes.subarray(cut)])
        assert.deepEqual({ pdus, errors }, { pdus: [pdu], errors: [] }, `cut at ${cut}`)
      }
      assert.deepEqual(parse(oneByteAtATime(bytes)).pdus, [pdu])
      for (let end = 0; end < bytes.length; end += 1) {
        assert.deepEqual(parse([bytes.subarray(0, end)]), {
          pdus: [],
          lengths: [],
          fragments: [],
          errors: [],
        })
      }
    })

    it(`refuses ${name} when its fields do not fit its length`, () => {
      for (let length = 0; length < bytes.length - 6; length += 1) {
        const shortened = Uint8Array.from(bytes.subarray(0, 6 + length))
        new DataView(shortened.buffer).setUint32(2, length)
        const { pdus, errors } = parse([shortened])
        // Whole items may be missing: what is left must be a PDU or an error, never nothing.
        assert.equal(pdus.length + errors.length, 1, `length ${length}`)
        if (length < 68 && pdu.type.startsWith('A-ASSOCIATE-')) assert.equal(errors.length, 1)
      }
    })
  }

  it('reads several PDUs and PDVs, cut at every offset and one byte at a time', () => {
    for (let cut = 0; cut <= transfers.length; cut += 1) {
      assert.deepEqual(
        parse([transfers.subarray(0, cut), transfers.subarray(cut)]),
        expectedTransfers,
        `cut at ${cut}`,
      )
    }
    assert.deepEqual(parse(oneByteAtATime(transfers)), expectedTransfers)
  })

  it('passes the data of a P-DATA-TF of 4 GiB through without holding it', () => {
    const header = bytesOf('04 00 ff ff ff ff  ff ff ff fb 01 00')
    const data = new Uint8Array(65536)
    let views = 0
    const parser = new PduParser({
      pdu: () => assert.fail(),
      dataTransfer: (length) => assert.equal(length, 0xffffffff),
      fragment: (_contextId, _control, bytes, isEnd) => {
        assert.equal(bytes.buffer, data.buffer)
        assert.equal(isEnd, false)
        views += 1
      },
      invalid: (error) => assert.fail(error),
    })
    parser.push(header)
    for (let count = 0; count < 1000; count += 1) parser.push(data)
    assert.equal(views, 1000)
  })

  const refused: readonly (readonly [name: string, hex: string, code: PduError['code'], reason: number])[] = [
    ['an unknown PDU type', '08 00 00 00 00 04 00 00 00 00', 'unrecognizedPdu', 1],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex'), 'unrecognizedPdu', 1],
    ['a TLS handshake', '16 03 01 02 00 01 00', 'unrecognizedPdu', 1],
    ['an A-ASSOCIATE-RQ of 4 GiB', '01 00 ff ff ff ff', 'invalidParameter', 6],
    ['an A-ASSOCIATE-AC of 4 GiB', '02 00 ff ff ff ff', 'invalidParameter', 6],
    ['an empty A-ASSOCIATE-RQ', '01 00 00 00 00 00', 'invalidParameter', 6],
    ['an A-RELEASE-RQ of 5 bytes', '05 00 00 00 00 05 00 00 00 00 00', 'invalidParameter', 6],
    ['an A-ABORT without fields', '07 00 00 00 00 00', 'invalidParameter', 6],
    ['a PDV length of 1', '04 00 00 00 00 06 00 00 00 01 01 03', 'invalidParameter', 6],
    ['a PDV length of 0', '04 00 00 00 00 06 00 00 00 00 01 03', 'invalidParameter', 6],
    ['a PDV longer than its PDU', '04 00 00 00 00 07 00 00 00 04 01 03', 'invalidParameter', 6],
    ['a PDV length of 0 before the PDU is there', '04 00 00 00 00 0a 00 00 00 00', 'invalidParameter', 6],
    ['a PDV length of 1 before the PDU is there', '04 00 00 00 00 0a 00 00 00 01', 'invalidParameter', 6],
    ['a P-DATA-TF of 1 byte', '04 00 00 00 00 01', 'invalidParameter', 6],
    ['a P-DATA-TF of 5 bytes', '04 00 00 00 00 05', 'invalidParameter', 6],
    ['a PDV length of FFFFFFFF', '04 00 00 00 00 08 ff ff ff ff 01 03', 'invalidParameter', 6],
  ]
  for (const [name, hex, code, reason] of refused) {
    it(`refuses ${name} and drops what follows`, () => {
      const follows = bytesOf('05 00 00 00 00 04 00 00 00 00')
      for (const chunks of [[bytesOf(hex), follows], oneByteAtATime(bytesOf(hex))]) {
        const { pdus, errors, fragments } = parse(chunks)
        assert.deepEqual(
          errors.map((error) => [error.code, error.abortReason]),
          [[code, reason]],
        )
        assert.deepEqual({ pdus, fragments }, { pdus: [], fragments: [] })
      }
    })
  }

  it('refuses what is left of a P-DATA-TF when no PDV fits into it', () => {
    for (let left = 1; left < 6; left += 1) {
      const { fragments, errors } = parse([
        bytesOf(`04 00 00 00 00 0${(7 + left).toString(16)} 00 00 00 03 01 03 aa`),
      ])
      assert.deepEqual(fragments, [{ contextId: 1, control: 3, data: 'aa' }])
      assert.deepEqual(
        errors.map((error) => error.abortReason),
        [6],
      )
    }
  })

  it('refuses an A-ASSOCIATE-RQ above the limit by its length alone', () => {
    const limits = { ...defaultPduLimits, maxAssociateLength: 190 }
    const [fixture] = pduFixtures
    assert.ok(fixture)
    assert.equal(parse([fixture.bytes.subarray(0, 6)], limits).errors.length, 1)
    assert.equal(parse([fixture.bytes], { ...limits, maxAssociateLength: 191 }).pdus.length, 1)
  })

  it('refuses more presentation contexts than the limit', () => {
    const request = withContexts([1, 3, 5])
    assert.equal(parse([request], { ...defaultPduLimits, maxPresentationContexts: 2 }).errors.length, 1)
    assert.equal(parse([request], { ...defaultPduLimits, maxPresentationContexts: 3 }).pdus.length, 1)
  })

  it('refuses more items than the limit', () => {
    const request = withContexts([1, 3, 5])
    // Three contexts and the application context.
    assert.equal(parse([request], { ...defaultPduLimits, maxItems: 3 }).errors.length, 1)
    assert.equal(parse([request], { ...defaultPduLimits, maxItems: 4 }).pdus.length, 1)
  })

  it('refuses a context ID that is even or used twice, and 129 contexts', () => {
    assert.equal(parse([withContexts([2])]).errors.length, 1)
    assert.equal(parse([withContexts([0])]).errors.length, 1)
    assert.equal(parse([withContexts([1, 3, 1])]).errors.length, 1)
    const all = Array.from({ length: 128 }, (_, index) => 2 * index + 1)
    assert.equal(parse([withContexts(all)]).pdus.length, 1)
    assert.equal(parse([withContexts([...all, 1])]).errors.length, 1)
  })

  it('reports what is wrong with damaged PDUs, and never throws or invents data', () => {
    const damage = fc.array(fc.tuple(fc.nat(300), fc.nat(0xff)), { maxLength: 8 })
    const streams = fc.array(fc.constantFrom(transfers, ...pduFixtures.map(({ bytes }) => bytes)), {
      minLength: 1,
    })
    fc.assert(
      fc.property(streams, damage, fc.nat(300), (parts, bytesToChange, cut) => {
        const stream = Buffer.concat(parts)
        for (const [offset, value] of bytesToChange) stream[offset % stream.length] = value
        const { errors, fragments } = parse([stream.subarray(0, cut), stream.subarray(cut)])
        assert.ok(errors.length <= 1)
        const data = fragments.reduce((sum, fragment) => sum + fragment.data.length / 2, 0)
        assert.ok(data <= stream.length)
        assert.deepEqual(parse([stream]), parse(oneByteAtATime(stream)))
      }),
      { numRuns: 300 },
    )
  })

  it('does not look into items where they do not belong', () => {
    // A presentation context within a presentation context, 1,000 deep, would exhaust a recursive reader.
    let nested = ''
    for (let depth = 0; depth < 1000; depth += 1) {
      const length = (nested.length / 2 + 4).toString(16).padStart(4, '0')
      nested = `2000${length}01000000${nested}`
    }
    const [pdu] = parse([requestOf(nested)]).pdus
    assert.ok(pdu?.type === 'A-ASSOCIATE-RQ')
    assert.deepEqual(pdu.presentationContexts, [{ id: 1, abstractSyntax: '', transferSyntaxes: [] }])
  })

  it('reads AE titles without their padding, and keeps what does not belong there', () => {
    const bytes = withContexts([1])
    bytes.set(Buffer.from('  AB\0\0          ', 'latin1'), 10)
    bytes.set(Buffer.from('A\0B/../etc\\x\u00ff  ', 'latin1'), 26)
    const [pdu] = parse([bytes]).pdus
    assert.ok(pdu?.type === 'A-ASSOCIATE-RQ')
    assert.equal(pdu.calledAeTitle, 'AB')
    assert.equal(pdu.callingAeTitle, 'A\0B/../etc\\x\u00ff')
  })
})

function requestOf(itemsHex: string): Uint8Array {
  const titles = '41'.padEnd(32, '20').repeat(2)
  const field = `00010000${titles}${'00'.repeat(32)}${itemsHex}`
  return bytesOf(`0100${(field.length / 2).toString(16).padStart(8, '0')}${field}`)
}

function withContexts(ids: readonly number[]): Uint8Array {
  const contexts = ids.map((id) => `20000004${id.toString(16).padStart(2, '0')}000000`)
  return requestOf(`10000000${contexts.join('')}`)
}
