import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { formatLogLine } from './log-line.ts'

function linesOf(body: (log: pino.Logger) => void): string {
  const lines: string[] = []
  const write = (json: string): void => {
    lines.push(formatLogLine(json))
  }
  body(pino({ base: null, level: 'trace' }, { write }))
  return lines.join('')
}

test('an entry is one line with level, time, room, text and fields', () => {
  const written = linesOf((log) => log.child({ room: 'http' }).warn({ port: 8042, who: 'me' }, 'listening'))
  assert.match(written, /^W\d{4} \d\d:\d\d:\d\d\.\d{3} http\] listening port=8042 who=me\n$/)
})

test('an error brings its stack, indented', () => {
  const written = linesOf((log) => log.error(new TypeError('broken')))
  assert.match(written, /^E.*main\] broken\n {4}TypeError: broken\n {4}at /)
})

test('nobody can begin a line of their own or drive the terminal', () => {
  const written = linesOf((log) => log.info({ aeTitle: 'A\nE1123 forged' }, 'x\r\u001b[31m\u202ey'))
  assert.equal(written.split('\n').length, 2)
  assert.ok(!written.includes('\u001b') && !written.includes('\u202e'))
})
