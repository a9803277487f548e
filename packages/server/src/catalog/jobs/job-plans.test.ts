import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { readHappenings } from '../operations/read-happenings.ts'
import { assertNoScans } from '../plans.fixture.ts'
import { writes } from '../sqlite/writes.ts'
import { getJob, readLog, readOutcomes, readResults, readSteps } from './read-jobs.ts'

const retention = { history: 2, outputs: 1 }
const owner = randomUUID()
const error = { code: 'Timeout', details: '', payload: undefined } as const

test('no operation on jobs scans a table', () =>
  assertNoScans(50, (session) => {
    const now = 1000
    const submit = () =>
      writes.submitJob(session, {
        id: randomUUID(),
        type: 'A',
        priority: 0,
        parameters: [],
        userData: undefined,
        permissive: false,
        steps: 1,
        plan: ['[1]'],
        facts: {},
        created: now,
        attendedBy: undefined,
      })
    const claim = (at = now, by = owner) =>
      writes.claimJobs(session, {
        owner: by,
        now: at,
        lease: 10,
        most: 1,
        rooms: [{ type: 'A', most: 1 }],
        retention,
      })
    for (const event of ['finish', 'fail', 'failForNow', 'pause', 'giveBack', 'finish', 'finish'] as const) {
      submit()
      const [claimed] = claim().claimed
      const run = { number: claimed?.job.number ?? 0, owner, claim: claimed?.claim ?? 0 }
      const parts = [{ output: 'archive', blob: randomUUID(), size: 1 }]
      writes.recordRun(session, {
        run,
        now,
        ran: 1,
        checkpoint: {
          cursor: (claimed?.job.cursor ?? 0) + 1,
          failedSteps: 0,
          facts: '{}',
          result: '{}',
          parts,
        },
        end:
          event === 'fail'
            ? { event, error }
            : event === 'failForNow'
              ? { event, error, attempts: 1, delay: 1 }
              : { event },
        outcomes: [{ resource: 'x', error }],
        lines: [{ time: now, level: 'info', text: 'x' }],
        kept: { outcomes: 1, lines: 1 },
        retention,
      })
    }
    const [wanted, other] = [submit(), submit()]
    for (const command of ['pause', 'resume', 'cancel', 'resubmit', 'cancel'] as const) {
      writes.commandJob(session, { id: wanted.id, command, now, retention })
    }
    getJob(session, wanted.id)
    readSteps(session, other.number, 0)
    readResults(session, wanted.number, { after: -1, before: 5, limit: 5 })
    readOutcomes(session, wanted.id, { since: 0, limit: 5 })
    readLog(session, wanted.id, { since: 0, limit: 5 })
    writes.setJobPriority(session, { id: other.id, priority: 4 })
    claim(now)
    writes.renewJobs(session, { owner, now, numbers: [other.number] })
    writes.commandJob(session, { id: other.id, command: 'pause', now, retention })
    claim(now + 100, randomUUID())
    writes.recoverJobs(session, { owner: randomUUID(), now, retention })
    writes.refuseJobs(session, { now, error, except: ['B'], limit: 10 })
    writes.touchOutput(session, { id: wanted.id, output: 'archive' })
    writes.removeOutput(session, { id: wanted.id, output: 'archive' })
    writes.removeCompletedJob(session, wanted.id)
    writes.discardBlobs(session, [randomUUID()])
    readHappenings(session, { since: 3, limit: 5 })
  }))
