import { type Action, actions, type Choice, type Facts, type Outcome } from './actions.ts'
import type { Event } from './events.ts'
import type { State } from './states.ts'
import { transitions } from './transitions.ts'

export interface Step extends Outcome {
  readonly action: Action
}

/** One step of the upper layer (PS3.8 9.2); undefined where Table 9-10 is blank: the event cannot happen there. */
export function step(state: State, event: Event, facts: Facts): Step | undefined {
  const action = transitions[event][state]
  if (!action) return undefined
  const outcome: Outcome | Choice = actions[action]
  if (!('fact' in outcome)) return { action, ...outcome }
  return { action, ...(facts[outcome.fact] ? outcome.yes : outcome.no) }
}
