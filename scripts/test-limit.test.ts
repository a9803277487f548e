import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

test('a file of tests that does not end is ended, and the run goes on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kingsfoil-limit-'))
  try {
    const fails = `test('fails', { timeout: 50 }, () => new Promise(() => setInterval(() => {}, 1000)))`
    const passes = `test('passes', () => {})`
    for (const [name, body] of Object.entries({ fails, passes })) {
      writeFileSync(join(folder, `${name}.test.mjs`), `import { test } from 'node:test'\n${body}\n`)
    }
    // Without it the runner would take itself for one of its own files.
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        '--test',
        '--test-reporter=tap',
        '--import',
        join(import.meta.dirname, 'test-limit.mjs'),
        '*.test.mjs',
      ],
      {
        cwd: folder,
        env: { ...environment, TEST_FILE_LIMIT: '1500' },
        encoding: 'utf8',
        timeout: 30_000,
      },
    )
    assert.equal(status, 1)
    assert.match(stdout, /fails\.test\.mjs has not ended after 1\.5 s; open: .*Timeout/)
    assert.match(stdout, /^ok \d+ - passes/m)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
