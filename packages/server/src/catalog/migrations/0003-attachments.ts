/**
 * Attachments besides the DICOM file of an instance, and files that are stored compressed: `size` and `md5` are those
 * of the content; `compressed_size` and `compressed_md5` those of the blob, and NULL when it is the content.
 * Metadata without a row in `metadata_revisions` has revision 0.
 */
export const attachments = `
  ALTER TABLE instances ADD COLUMN compressed_size INTEGER;
  ALTER TABLE instances ADD COLUMN compressed_md5 BLOB;
  ALTER TABLE instances ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE attachments (
    level INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    type INTEGER NOT NULL,
    blob BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    md5 BLOB NOT NULL,
    compressed_size INTEGER,
    compressed_md5 BLOB,
    revision INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (level, resource, type)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE metadata_revisions (
    level INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    metadata INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (level, resource, metadata)
  ) STRICT, WITHOUT ROWID;

  ALTER TABLE totals ADD COLUMN uncompressed_bytes INTEGER NOT NULL DEFAULT 0;
  UPDATE totals SET uncompressed_bytes = bytes;

  CREATE TABLE exports (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    level INTEGER NOT NULL,
    id BLOB NOT NULL,
    modality TEXT NOT NULL,
    identifiers TEXT NOT NULL,
    date TEXT NOT NULL
  ) STRICT;
`
