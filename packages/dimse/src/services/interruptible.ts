import type { ServiceResponse } from './service-provider.ts'

/** What a handler may be left for, and who is told of errors that come when it is left already. */
export interface Interruption {
  readonly signal: AbortSignal
  report(error: unknown): void
}

/**
 * The answers of a handler as responses, one asked for when the last was taken; returns what the handler returns.
 * When `signal` aborts, the handler is left at once, wherever it waits, and undefined is returned: its generator is
 * returned, which runs its `finally` as soon as it gets there.
 */
export async function* interruptible<Item, Result>(
  handler: AsyncGenerator<Item, Result | undefined, undefined>,
  toResponse: (item: Item) => ServiceResponse,
  { signal, report }: Interruption,
): AsyncGenerator<ServiceResponse, Result | undefined, undefined> {
  const reportLate = (error: unknown): void => {
    if (!isAbort(error, signal)) report(error)
  }
  // One listener for all answers: a promise to race with would collect a reaction for each.
  let interrupt = (): void => {}
  const interrupted = (): void => interrupt()
  signal.addEventListener('abort', interrupted)
  let isOver = false
  try {
    while (!signal.aborted) {
      const next = handler.next()
      const result = await new Promise<Awaited<typeof next> | undefined>((resolve, reject) => {
        interrupt = () => {
          resolve(undefined)
          next.catch(reportLate)
        }
        next.then(resolve, reject)
      })
      interrupt = () => {}
      if (!result) return undefined
      isOver = result.done === true
      if (result.done) return result.value
      yield toResponse(result.value)
    }
    return undefined
  } finally {
    signal.removeEventListener('abort', interrupted)
    // Not awaited: a handler that does not heed the signal may never get there.
    if (!isOver) handler.return(undefined).catch(reportLate)
  }
}

/** An error that only says that the handler heeded the signal. */
function isAbort(error: unknown, signal: AbortSignal): boolean {
  return (
    signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'))
  )
}
