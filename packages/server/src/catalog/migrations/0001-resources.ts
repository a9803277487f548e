/**
 * Ids are the 20 bytes of the hash id, digests the 16 bytes of the MD5, blob keys the 16 bytes of the UUID.
 * `tags` and `metadata` are JSON objects. Dates are UTC, `YYYYMMDDTHHMMSS`.
 */
export const resources = `
  CREATE TABLE patients (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    tags TEXT NOT NULL,
    metadata TEXT NOT NULL,
    last_update TEXT NOT NULL,
    protected INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE studies (
    key INTEGER PRIMARY KEY,
    parent INTEGER NOT NULL REFERENCES patients (key),
    id BLOB NOT NULL UNIQUE,
    tags TEXT NOT NULL,
    metadata TEXT NOT NULL,
    last_update TEXT NOT NULL
  ) STRICT;
  CREATE INDEX studies_by_parent ON studies (parent);

  CREATE TABLE series (
    key INTEGER PRIMARY KEY,
    parent INTEGER NOT NULL REFERENCES studies (key),
    id BLOB NOT NULL UNIQUE,
    tags TEXT NOT NULL,
    metadata TEXT NOT NULL,
    last_update TEXT NOT NULL
  ) STRICT;
  CREATE INDEX series_by_parent ON series (parent);

  CREATE TABLE instances (
    key INTEGER PRIMARY KEY,
    parent INTEGER NOT NULL REFERENCES series (key),
    id BLOB NOT NULL UNIQUE,
    tags TEXT NOT NULL,
    metadata TEXT NOT NULL,
    blob BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    md5 BLOB NOT NULL
  ) STRICT;
  CREATE INDEX instances_by_parent ON instances (parent);

  CREATE TABLE changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    type INTEGER NOT NULL,
    level INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    id BLOB NOT NULL,
    date TEXT NOT NULL
  ) STRICT;
  CREATE INDEX changes_by_resource ON changes (resource, level);

  CREATE TABLE removals (blob BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

  CREATE TABLE totals (
    patients INTEGER NOT NULL,
    studies INTEGER NOT NULL,
    series INTEGER NOT NULL,
    instances INTEGER NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT;
  INSERT INTO totals VALUES (0, 0, 0, 0, 0);
`
