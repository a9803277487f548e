/**
 * What had a new instance and was not quiet since: `unstable` is 1 until the change that tells of it is recorded. Rows
 * that are there already count as stable. The indexes hold what is unstable alone.
 *
 * `turn`: the patient with the lowest one is recycled first; NULL for protected ones. `deletions`: what is deleted in
 * slices and has something left.
 */
export const stabilityAndRecycling = `
  ALTER TABLE patients ADD COLUMN unstable INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE studies ADD COLUMN unstable INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE series ADD COLUMN unstable INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX patients_unstable ON patients (last_update) WHERE unstable = 1;
  CREATE INDEX studies_unstable ON studies (last_update) WHERE unstable = 1;
  CREATE INDEX series_unstable ON series (last_update) WHERE unstable = 1;

  ALTER TABLE patients ADD COLUMN turn INTEGER;
  UPDATE patients SET turn = ordered.turn
    FROM (SELECT key, row_number() OVER (ORDER BY last_update, key) AS turn FROM patients) AS ordered
    WHERE ordered.key = patients.key AND protected = 0;
  CREATE INDEX patients_by_turn ON patients (turn);

  CREATE TABLE deletions (level INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY (level, id)) STRICT, WITHOUT ROWID;
`
