import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type CommandSet, noDataSet } from './command-elements.ts'
import { encodeCommandSet } from './command-set.ts'
import { DimseProtocolError } from './dimse-error.ts'
import { Fragmenter } from './fragmenter.ts'
import { defaultMessageLimits, type MessageLimits } from './limits.ts'
import { MessageAssembler } from './message-assembler.ts'

const echo = encodeCommandSet({ commandField: 0x30, messageId: 1, commandDataSetType: noDataSet })
const store = encodeCommandSet({ commandField: 0x01, messageId: 2, commandDataSetType: 1 })

interface Message {
  readonly contextId: number
  readonly command: CommandSet
  data: string
  isComplete: boolean
}

function assembler(limits: Partial<MessageLimits> = {}): {
  messages: Message[]
  assembler: MessageAssembler
} {
  const messages: Message[] = []
  const last = () => messages.at(-1) ?? assert.fail()
  const sink = {
    command: (contextId: number, command: CommandSet) =>
      messages.push({ contextId, command, data: '', isComplete: false }),
    data: (bytes: Uint8Array) => {
      last().data += Buffer.from(bytes).toString('hex')
    },
    endOfMessage: () => {
      last().isComplete = true
    },
  }
  return { messages, assembler: new MessageAssembler(sink, { ...defaultMessageLimits, ...limits }) }
}

const lastCommand = 3
const command = 1
const lastData = 2
const data = 0

describe('message assembler', () => {
  it('joins messages with and without data set', () => {
    const { messages, assembler: one } = assembler()
    one.fragment(1, lastCommand, echo, true)
    one.fragment(3, lastCommand, store, true)
    assert.equal(one.isIdle, false)
    one.fragment(3, data, Uint8Array.of(1, 2), true)
    one.fragment(3, lastData, Uint8Array.of(3), false)
    one.fragment(3, lastData, Uint8Array.of(4), true)
    assert.equal(one.isIdle, true)
    assert.deepEqual(
      messages.map(({ contextId, data: bytes, isComplete }) => [contextId, bytes, isComplete]),
      [
        [1, '', true],
        [3, '01020304', true],
      ],
    )
  })

  it('joins a command set cut anywhere, in PDVs or in pieces of one', () => {
    for (let cut = 0; cut <= echo.length; cut += 1) {
      const { messages, assembler: one } = assembler()
      one.fragment(1, command, echo.subarray(0, cut), true)
      one.fragment(1, lastCommand, echo.subarray(cut), true)
      one.fragment(1, lastCommand, echo.subarray(0, cut), false)
      one.fragment(1, lastCommand, echo.subarray(cut), true)
      assert.deepEqual(
        messages.map((message) => message.command.commandField),
        [0x30, 0x30],
      )
    }
  })

  it('joins what the fragmenter cuts', () => {
    const cuts = fc.tuple(fc.array(fc.uint8Array({ maxLength: 50 })), fc.integer({ min: 1, max: 40 }))
    fc.assert(
      fc.property(cuts, ([chunks, maxLength]) => {
        const { messages, assembler: one } = assembler({ maxEmptyFragments: 1 })
        one.fragment(1, lastCommand, store, true)
        const fragmenter = new Fragmenter(maxLength)
        const fragments = [...chunks.flatMap((chunk) => [...fragmenter.push(chunk)]), fragmenter.end()]
        for (const { pieces, length, isLast } of fragments) {
          assert.ok(length === maxLength || (isLast && length <= maxLength))
          one.fragment(1, isLast ? lastData : data, Buffer.concat(pieces), true)
        }
        assert.equal(messages[0]?.data, Buffer.concat(chunks).toString('hex'))
        assert.equal(messages[0]?.isComplete, true)
      }),
    )
  })

  it('refuses fragments of two messages mixed', () => {
    const { assembler: one } = assembler()
    one.fragment(1, command, echo.subarray(0, 4), true)
    assert.throws(() => one.fragment(3, lastCommand, echo, true), DimseProtocolError)
  })

  it('refuses another context inside a data set', () => {
    const { assembler: one } = assembler()
    one.fragment(1, lastCommand, store, true)
    assert.throws(() => one.fragment(3, data, Uint8Array.of(1), true), DimseProtocolError)
  })

  it('refuses a data set before, and a command inside, a message', () => {
    assert.throws(
      () => assembler().assembler.fragment(1, lastData, Uint8Array.of(1), true),
      DimseProtocolError,
    )
    const { assembler: one } = assembler()
    one.fragment(1, lastCommand, store, true)
    assert.throws(() => one.fragment(1, lastCommand, echo, true), DimseProtocolError)
    const { assembler: other } = assembler()
    other.fragment(1, command, echo.subarray(0, 4), true)
    assert.throws(() => other.fragment(1, lastData, Uint8Array.of(1), true), DimseProtocolError)
  })

  it('refuses a command set above its limit, in one piece or in many', () => {
    const maxCommandLength = echo.length
    assembler({ maxCommandLength }).assembler.fragment(1, lastCommand, echo, true)
    const tooLong = new Uint8Array(maxCommandLength + 1)
    const { assembler: one } = assembler({ maxCommandLength })
    assert.throws(() => one.fragment(1, lastCommand, tooLong, true), DimseProtocolError)
    const { assembler: other } = assembler({ maxCommandLength })
    for (let count = 0; count < maxCommandLength; count += 1)
      other.fragment(1, command, Uint8Array.of(0), true)
    assert.throws(() => other.fragment(1, command, Uint8Array.of(0), true), DimseProtocolError)
  })

  it('refuses a command set above 64 KiB by default', () => {
    const { assembler: one } = assembler()
    one.fragment(1, command, new Uint8Array(65536), false)
    assert.throws(() => one.fragment(1, command, Uint8Array.of(0), false), DimseProtocolError)
  })

  it('tolerates fragments without data, up to a number in each message', () => {
    const empty = new Uint8Array(0)
    const { messages, assembler: one } = assembler({ maxEmptyFragments: 2 })
    for (let count = 0; count < 3; count += 1) {
      one.fragment(1, command, empty, true)
      one.fragment(1, lastCommand, store, true)
      one.fragment(1, lastData, empty, true)
    }
    assert.equal(messages.length, 3)
    one.fragment(1, command, empty, true)
    one.fragment(1, command, empty, true)
    assert.throws(() => one.fragment(1, command, empty, true), DimseProtocolError)
  })

  it('refuses a data set above its limit', () => {
    const { assembler: one } = assembler({ maxDataSetLength: 3 })
    one.fragment(1, lastCommand, store, true)
    one.fragment(1, data, new Uint8Array(3), true)
    assert.throws(() => one.fragment(1, lastData, new Uint8Array(1), true), DimseProtocolError)
  })
})
