import { setImmediate } from 'node:timers/promises'

/** Lets everything else that waits have its turn: to be called between pages. */
export const pause = (): Promise<void> => setImmediate()
