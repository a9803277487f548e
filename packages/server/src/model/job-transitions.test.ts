import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type JobState, jobStates } from './job.ts'
import { grant, type JobEvent, nextState, type RunEvent, type Wish } from './job-transitions.ts'

/** The same table as a drawing, typed a second time: a row for each state, a column for each event. */
const drawing = `
           claim   delayElapsed finish  fail    failForNow giveBack pause  cancel  resume  resubmit
  Pending  Running -            -       -       -          -        Paused Failure -       -
  Running  -       -            Success Failure Retry      Pending  Paused Failure -       -
  Success  -       -            -       -       -          -        -      -       -       -
  Failure  -       -            -       -       -          -        -      -       -       Pending
  Paused   -       -            -       -       -          -        -      Failure Pending -
  Retry    -       Pending      -       -       -          -        Paused Failure -       -`

const [head, ...rows] = drawing
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))

test('each state, each event', () => {
  assert.deepEqual(
    rows.map(([state]) => state),
    jobStates,
  )
  for (const [state, ...cells] of rows) {
    assert.equal(cells.length, head?.length)
    for (const [index, cell] of cells.entries()) {
      const next = nextState(state as JobState, head?.[index] as JobEvent)
      assert.equal(next ?? '-', cell, `${state}, ${head?.[index]}`)
    }
  }
})

const wishes = `
           -          pause      cancel
finish     finish     finish     cancel
fail       fail       fail       cancel
failForNow failForNow pause      cancel
giveBack   giveBack   pause      cancel
pause      pause      pause      cancel
cancel     cancel     cancel     cancel`

test('each end of a run, each wish', () => {
  const [columns, ...lines] = wishes
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  for (const [event, ...cells] of lines) {
    for (const [index, cell] of cells.entries()) {
      const wish = columns?.[index]
      const granted = grant(event as RunEvent, wish === '-' ? undefined : (wish as Wish))
      assert.equal(granted, cell, `${event}, ${wish}`)
    }
  }
  assert.equal(lines.length, 6)
})
