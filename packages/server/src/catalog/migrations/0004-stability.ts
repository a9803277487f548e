/**
 * What had a new instance and was not quiet since: `unstable` is 1 until the change that tells of it is recorded. Rows
 * that are there already count as stable. The indexes hold what is unstable alone.
 */
export const stability = `
  ALTER TABLE patients ADD COLUMN unstable INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE studies ADD COLUMN unstable INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE series ADD COLUMN unstable INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX patients_unstable ON patients (last_update) WHERE unstable = 1;
  CREATE INDEX studies_unstable ON studies (last_update) WHERE unstable = 1;
  CREATE INDEX series_unstable ON series (last_update) WHERE unstable = 1;
`
