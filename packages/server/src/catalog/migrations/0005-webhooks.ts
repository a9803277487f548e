/** How far each webhook was told of the changes, and a log of the attempts. */
export const webhooks = `
  CREATE TABLE webhooks (
    name TEXT PRIMARY KEY,
    cursor INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE deliveries (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    hook TEXT NOT NULL,
    id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    date TEXT NOT NULL,
    milliseconds INTEGER NOT NULL,
    status INTEGER,
    error TEXT
  ) STRICT;
  CREATE INDEX deliveries_by_hook ON deliveries (hook, key);
`
