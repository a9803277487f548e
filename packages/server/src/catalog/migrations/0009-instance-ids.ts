/**
 * Instances are found by the first bytes of their ids, in a table of its own: an entry may outlive its row, because
 * whoever looks up an id compares all of it (`instance-ids.ts`). Ids are hashes, each on a page of its own, so the
 * deletion of many instances leaves their entries to whoever removes their blobs: `removals` names them.
 *
 * The index that the column had cannot be dropped, being that of a constraint. SQLite would have to write the whole
 * table again, and need as much room once more; so the constraint is taken out of the schema, in which its index
 * becomes one that can be dropped. Both are the same on disk, but for the number in the name of the other constraint's.
 */
export const instanceIds = `
  CREATE TABLE instance_ids (
    prefix BLOB NOT NULL,
    instance INTEGER NOT NULL,
    PRIMARY KEY (prefix, instance)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO instance_ids SELECT substr(id, 1, 6), key FROM instances ORDER BY id;

  PRAGMA writable_schema = ON;
  UPDATE sqlite_schema SET sql = replace(sql, 'id BLOB NOT NULL UNIQUE', 'id BLOB NOT NULL')
    WHERE type = 'table' AND name = 'instances';
  UPDATE sqlite_schema SET name = 'instances_by_id', sql = 'CREATE INDEX instances_by_id ON instances (id)'
    WHERE type = 'index' AND name = 'sqlite_autoindex_instances_1';
  UPDATE sqlite_schema SET name = 'sqlite_autoindex_instances_1'
    WHERE type = 'index' AND name = 'sqlite_autoindex_instances_2';
  PRAGMA writable_schema = RESET;
  DROP INDEX instances_by_id;

  ALTER TABLE removals ADD COLUMN prefix BLOB;
  ALTER TABLE removals ADD COLUMN instance INTEGER;
`
