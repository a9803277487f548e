/**
 * Ids are the 16 bytes of a UUID. Times are milliseconds since 1970, and what was measured in them milliseconds.
 *
 * `jobs.owner` and `claim` say whose run a running job is: what another run writes has no row. `renewed`: when the
 * owner last showed that it is alive. `retried` and `due`: when a job failed for now, and is tried again. `wish`: what
 * a running job was told to do after its step. `first_facts`: those it begins with when it is resubmitted. `completion`: order of completion. `outcomes` and `lines`: how many
 * there were, also when the oldest are gone. A plan is kept in chunks: a row has the JSON of many steps.
 *
 * `job_outputs` has the outputs of finished jobs that are kept, `used` in the order of their use. Rows of `job_changes`
 * have sequence numbers of the table `changes`.
 */
export const jobs = `
  CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    type TEXT NOT NULL,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL,
    parameters TEXT NOT NULL,
    user_data TEXT,
    permissive INTEGER NOT NULL,
    attended INTEGER NOT NULL,
    steps INTEGER NOT NULL,
    cursor INTEGER NOT NULL DEFAULT 0,
    failed_steps INTEGER NOT NULL DEFAULT 0,
    first_facts TEXT NOT NULL,
    facts TEXT NOT NULL,
    created INTEGER NOT NULL,
    completed INTEGER,
    completion INTEGER,
    runtime INTEGER NOT NULL DEFAULT 0,
    started INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    retried INTEGER,
    due INTEGER,
    error TEXT,
    owner BLOB,
    claim INTEGER NOT NULL DEFAULT 0,
    renewed INTEGER,
    wish TEXT,
    outcomes INTEGER NOT NULL DEFAULT 0,
    lines INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX jobs_pending ON jobs (type, priority DESC, number) WHERE state = 'Pending';
  CREATE INDEX jobs_by_due ON jobs (due) WHERE state = 'Retry';
  CREATE INDEX jobs_by_retried ON jobs (retried) WHERE state = 'Retry';
  CREATE INDEX jobs_by_completion ON jobs (completion) WHERE completion IS NOT NULL;
  CREATE INDEX jobs_by_state ON jobs (state, number);
  CREATE INDEX jobs_by_priority ON jobs (state, priority DESC, number);

  CREATE TABLE job_steps (
    job INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    steps TEXT NOT NULL,
    PRIMARY KEY (job, chunk)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE job_results (
    job INTEGER NOT NULL,
    step INTEGER NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (job, step)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE job_outcomes (
    job INTEGER NOT NULL,
    number INTEGER NOT NULL,
    resource TEXT NOT NULL,
    error TEXT,
    PRIMARY KEY (job, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE job_log (
    job INTEGER NOT NULL,
    number INTEGER NOT NULL,
    time INTEGER NOT NULL,
    level TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (job, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE job_parts (
    job INTEGER NOT NULL,
    output TEXT NOT NULL,
    position INTEGER NOT NULL,
    blob BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    PRIMARY KEY (job, output, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE job_outputs (
    job INTEGER NOT NULL,
    output TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (job, output)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX job_outputs_by_use ON job_outputs (used);

  CREATE TABLE job_changes (
    sequence INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    id BLOB NOT NULL,
    date TEXT NOT NULL
  ) STRICT;
`
