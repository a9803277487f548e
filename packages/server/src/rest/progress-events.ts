import type { JobProgress } from '../jobs/submission.ts'
import type { JobsRoom } from './rooms.ts'

/** Without an id: nobody can come back to it, and it does not move the cursor of a client. */
const formatProgress = ({ job, progress }: JobProgress): string =>
  `event: JobProgress\ndata: ${JSON.stringify({ ID: job.id, Progress: progress, State: job.state })}\n\n`

/** The news of jobs that a client has not got yet: of each job the last one, and of so many jobs at the most. */
class News {
  readonly #events = new Map<string, JobProgress>()
  readonly #most: number
  #arrival = Promise.withResolvers<undefined>()

  constructor(most: number) {
    this.#most = most
  }

  /** Resolves when there are some. */
  get arrival(): Promise<undefined> {
    return this.#arrival.promise
  }

  readonly add = (event: JobProgress): void => {
    this.#events.delete(event.job.id)
    this.#events.set(event.job.id, event)
    const [oldest] = this.#events.keys()
    if (this.#events.size > this.#most && oldest !== undefined) this.#events.delete(oldest)
    this.#arrival.resolve(undefined)
  }

  take(): string {
    const text = [...this.#events.values()].map(formatProgress).join('')
    this.#events.clear()
    this.#arrival = Promise.withResolvers()
    return text
  }
}

/** Lets the progress of jobs come between other events. */
export async function* withProgress(
  events: AsyncGenerator<string>,
  jobs: Pick<JobsRoom, 'onProgress'>,
  most: number,
): AsyncGenerator<string> {
  const news = new News(most)
  const unsubscribe = jobs.onProgress(news.add)
  let next = events.next()
  try {
    for (;;) {
      const event = await Promise.race([next, news.arrival])
      if (event === undefined) yield news.take()
      else if (event.done === true) return
      else {
        yield event.value
        next = events.next()
      }
    }
  } finally {
    unsubscribe()
    await Promise.allSettled([next, events.return(undefined)])
  }
}
