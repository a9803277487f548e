import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actions, type Choice, type Effect, type Outcome } from './actions.ts'
import { type Event, events } from './events.ts'
import { step } from './machine.ts'
import { type State, states } from './states.ts'

// PS3.8 Table 9-10 typed a second time, as the standard prints it: rows are events 1 to 19, columns states 1 to 13.
const table = `
  AE-1  .     .     .     .     .     .     .     .     .     .     .     .
  .     .     .     AE-2  .     .     .     .     .     .     .     .     .
  .     AA-1  AA-8  .     AE-3  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
  .     AA-1  AA-8  .     AE-4  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
  AE-5  .     .     .     .     .     .     .     .     .     .     .     .
  .     AE-6  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
  .     .     AE-7  .     .     .     .     .     .     .     .     .     .
  .     .     AE-8  .     .     .     .     .     .     .     .     .     .
  .     .     .     .     .     DT-1  .     AR-7  .     .     .     .     .
  .     AA-1  AA-8  .     AA-8  DT-2  AR-6  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
  .     .     .     .     .     AR-1  .     .     .     .     .     .     .
  .     AA-1  AA-8  .     AA-8  AR-2  AR-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
  .     AA-1  AA-8  .     AA-8  AA-8  AR-3  AA-8  AA-8  AR-10 AR-3  AA-8  AA-6
  .     .     .     .     .     .     .     AR-4  AR-9  .     .     AR-4  .
  .     .     AA-1  AA-2  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  .
  .     AA-2  AA-3  .     AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-2
  .     AA-5  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AR-5
  .     AA-2  .     .     .     .     .     .     .     .     .     .     AA-2
  .     AA-1  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
`
  .trim()
  .split('\n')
  .map((row) => row.trim().split(/\s+/))

// PS3.8 Tables 9-6 to 9-9 typed a second time: next state as requestor and acceptor, or if acceptable and not.
const nextStates: Readonly<Record<string, readonly [State, State]>> = {
  'AE-1': ['Sta4', 'Sta4'],
  'AE-2': ['Sta5', 'Sta5'],
  'AE-3': ['Sta6', 'Sta6'],
  'AE-4': ['Sta1', 'Sta1'],
  'AE-5': ['Sta2', 'Sta2'],
  'AE-6': ['Sta3', 'Sta13'],
  'AE-7': ['Sta6', 'Sta6'],
  'AE-8': ['Sta13', 'Sta13'],
  'DT-1': ['Sta6', 'Sta6'],
  'DT-2': ['Sta6', 'Sta6'],
  'AR-1': ['Sta7', 'Sta7'],
  'AR-2': ['Sta8', 'Sta8'],
  'AR-3': ['Sta1', 'Sta1'],
  'AR-4': ['Sta13', 'Sta13'],
  'AR-5': ['Sta1', 'Sta1'],
  'AR-6': ['Sta7', 'Sta7'],
  'AR-7': ['Sta8', 'Sta8'],
  'AR-8': ['Sta9', 'Sta10'],
  'AR-9': ['Sta11', 'Sta11'],
  'AR-10': ['Sta12', 'Sta12'],
  'AA-1': ['Sta13', 'Sta13'],
  'AA-2': ['Sta1', 'Sta1'],
  'AA-3': ['Sta1', 'Sta1'],
  'AA-4': ['Sta1', 'Sta1'],
  'AA-5': ['Sta1', 'Sta1'],
  'AA-6': ['Sta13', 'Sta13'],
  'AA-7': ['Sta13', 'Sta13'],
  'AA-8': ['Sta13', 'Sta13'],
}

const eventNames = Object.keys(events) as Event[]
const stateNames = Object.keys(states) as State[]
const yes = { isRequestor: true, isAcceptable: true }
const no = { isRequestor: false, isAcceptable: false }

describe('upper layer machine', () => {
  it('has 19 events and 13 states in the order of Table 9-10', () => {
    assert.deepEqual(
      eventNames,
      Array.from({ length: 19 }, (_, index) => `Evt${index + 1}`),
    )
    assert.deepEqual(
      stateNames,
      Array.from({ length: 13 }, (_, index) => `Sta${index + 1}`),
    )
    assert.deepEqual(
      table.map((row) => row.length),
      Array.from({ length: 19 }, () => 13),
    )
  })

  for (const [row, event] of eventNames.entries()) {
    for (const [column, state] of stateNames.entries()) {
      const expected = table[row]?.[column]
      it(`${event} in ${state}: ${expected === '.' ? 'cannot happen' : expected}`, () => {
        if (expected === '.') {
          assert.equal(step(state, event, yes), undefined)
          return
        }
        assert.equal(step(state, event, yes)?.action, expected)
        assert.equal(step(state, event, yes)?.next, nextStates[expected ?? '']?.[0])
        assert.equal(step(state, event, no)?.next, nextStates[expected ?? '']?.[1])
      })
    }
  }

  it('rejects an unacceptable request itself, without asking the user', () => {
    assert.deepEqual(step('Sta2', 'Evt6', no)?.effects, ['stopArtim', 'sendAssociateReject', 'startArtim'])
    assert.deepEqual(step('Sta2', 'Evt6', yes)?.effects, ['stopArtim', 'indicateAssociate'])
  })

  it('starts ARTIM whenever it enters Sta2 or Sta13, and stops it or closes when it leaves them', () => {
    for (const [name, action] of Object.entries(actions)) {
      const outcomes: readonly Outcome[] = isChoice(action) ? [action.yes, action.no] : [action]
      for (const { effects, next } of outcomes) {
        const mustStart = (next === 'Sta13' && name !== 'AA-6' && name !== 'AA-7') || next === 'Sta2'
        assert.equal(effects.includes('startArtim'), mustStart, name)
      }
    }
  })

  it('tells the user of every end that it did not ask for', () => {
    const told: readonly Effect[] = [
      'indicateAbort',
      'indicateProviderAbort',
      'confirmReject',
      'confirmRelease',
    ]
    for (const event of ['Evt16', 'Evt17', 'Evt19'] as const) {
      for (const state of stateNames) {
        const outcome = step(state, event, yes)
        if (!outcome || ['Sta2', 'Sta13'].includes(state)) continue
        assert.ok(
          outcome.effects.some((effect) => told.includes(effect)),
          `${event} in ${state}`,
        )
      }
    }
  })
})

function isChoice(action: Outcome | Choice): action is Choice {
  return 'fact' in action
}
