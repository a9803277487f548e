import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connect } from './connect.ts'
import { associate, signalled, startServer, verification } from './testing/server.ts'

const proposal = {
  host: '127.0.0.1',
  callingAeTitle: 'SCU',
  calledAeTitle: 'SCP',
  presentationContexts: [{ abstractSyntax: verification, transferSyntaxes: ['1.2.840.10008.1.2'] }],
}

describe('connect with a signal', () => {
  it('does not begin when it has aborted', async () => {
    const signal = AbortSignal.abort(new Error('too late'))
    await assert.rejects(connect({ ...proposal, port: 1, signal }), /too late/)
  })

  it('gives up while the acceptor thinks', async (t) => {
    const [asked, decided] = [signalled(), signalled()]
    const server = await startServer(t, {
      accept: async () => {
        asked.resolve()
        await decided.promise
        return { transferSyntaxesFor: () => [] }
      },
    })
    const giveUp = new AbortController()
    const connecting = connect({ ...proposal, port: server.port, signal: giveUp.signal })
    const rejected = assert.rejects(connecting, /enough/)
    await asked.promise
    giveUp.abort(new Error('enough'))
    await rejected
    decided.resolve()
  })

  it('is not heard any more once the association is established', async (t) => {
    const server = await startServer(t)
    const giveUp = new AbortController()
    const association = await associate(t, server, { signal: giveUp.signal })
    giveUp.abort()
    assert.equal(await association.echo(), 0)
    await association.release()
  })
})
