import assert from 'node:assert/strict'
import type { LookupAddress, lookup } from 'node:dns'
import { test } from 'node:test'
import { publicLookup } from './public-connector.ts'

/** A resolver with another answer each time. */
function resolver(...answers: readonly (readonly string[] | Error)[]) {
  let asked = 0
  const resolve = (
    _name: string,
    _options: object,
    callback: (error: Error | null, found?: unknown) => void,
  ) => {
    const answer = answers[asked++]
    if (answer instanceof Error) callback(answer)
    else
      callback(
        null,
        (answer ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
  }
  return { look: publicLookup(resolve as unknown as typeof lookup), asked: () => asked }
}

function ask(
  look: ReturnType<typeof publicLookup>,
  all: boolean,
): Promise<string | readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    look('host.example', { all }, (error, found) => {
      if (error === null) resolve(found)
      else reject(error)
    })
  })
}

test('what is checked is what is connected to, in one question', async () => {
  const { look, asked } = resolver(['93.184.216.34'], ['127.0.0.1'])
  assert.deepEqual(await ask(look, true), [{ address: '93.184.216.34', family: 4 }])
  assert.equal(asked(), 1)
  await assert.rejects(ask(look, true), {
    name: 'PrivateAddress',
    message: 'host.example is a private address',
  })
  assert.equal(await ask(resolver(['2606:4700::1111']).look, false), '2606:4700::1111')
})

test('one private address among several is enough to refuse, and so is none at all', async () => {
  await assert.rejects(ask(resolver(['93.184.216.34', '10.0.0.1']).look, true), { name: 'PrivateAddress' })
  await assert.rejects(ask(resolver(['93.184.216.34', '::1']).look, false), { name: 'PrivateAddress' })
  await assert.rejects(ask(resolver([]).look, true), { name: 'PrivateAddress' })
  await assert.rejects(ask(resolver(new Error('ENOTFOUND')).look, true), { message: 'ENOTFOUND' })
})
