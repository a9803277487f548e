/**
 * Loaded before each file of tests: one that does not end would keep the whole run waiting, as a test that fails may
 * leave open what it opened. Limit: 10 minutes, or TEST_FILE_LIMIT in milliseconds.
 */
import { isMainThread } from 'node:worker_threads'

const limit = Number(process.env.TEST_FILE_LIMIT ?? 600_000)

if (isMainThread && process.env.NODE_TEST_CONTEXT !== undefined) {
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(', ')
    process.stderr.write(`${process.argv[1]} has not ended after ${limit / 1000} s; open: ${open}\n`)
    process.exit(1)
  }, limit).unref()
}
