/**
 * What searches need: folded values of tags (`search-columns.ts`), words, labels. Rows that are there already are
 * filled in by functions of `sqlite/functions.ts`. An instance has one more index; SOP Instance UIDs are in it as hashes.
 */
export const search = `
  ALTER TABLE patients ADD COLUMN patient_name TEXT NOT NULL DEFAULT '';
  ALTER TABLE patients ADD COLUMN patient_id TEXT NOT NULL DEFAULT '';
  ALTER TABLE patients ADD COLUMN birth_date TEXT NOT NULL DEFAULT '';
  UPDATE patients SET
    patient_name = search_value(tags, '0010,0010'),
    patient_id = search_value(tags, '0010,0020'),
    birth_date = search_value(tags, '0010,0030');
  CREATE INDEX patients_by_patient_name ON patients (patient_name);
  CREATE INDEX patients_by_patient_id ON patients (patient_id);
  CREATE INDEX patients_by_birth_date ON patients (birth_date);
  CREATE INDEX patients_by_last_update ON patients (last_update);

  ALTER TABLE studies ADD COLUMN study_date TEXT NOT NULL DEFAULT '';
  ALTER TABLE studies ADD COLUMN accession_number TEXT NOT NULL DEFAULT '';
  ALTER TABLE studies ADD COLUMN study_description TEXT NOT NULL DEFAULT '';
  ALTER TABLE studies ADD COLUMN study_uid TEXT NOT NULL DEFAULT '';
  UPDATE studies SET
    study_date = search_value(tags, '0008,0020'),
    accession_number = search_value(tags, '0008,0050'),
    study_description = search_value(tags, '0008,1030'),
    study_uid = search_value(tags, '0020,000d');
  CREATE INDEX studies_by_study_date ON studies (study_date);
  CREATE INDEX studies_by_accession_number ON studies (accession_number);
  CREATE INDEX studies_by_study_description ON studies (study_description);
  CREATE INDEX studies_by_study_uid ON studies (study_uid);
  CREATE INDEX studies_by_last_update ON studies (last_update);

  ALTER TABLE series ADD COLUMN modality TEXT NOT NULL DEFAULT '';
  ALTER TABLE series ADD COLUMN series_uid TEXT NOT NULL DEFAULT '';
  UPDATE series SET
    modality = search_value(tags, '0008,0060'),
    series_uid = search_value(tags, '0020,000e');
  CREATE INDEX series_by_modality ON series (modality);
  CREATE INDEX series_by_series_uid ON series (series_uid);
  CREATE INDEX series_by_last_update ON series (last_update);

  ALTER TABLE instances ADD COLUMN uid_hash INTEGER NOT NULL DEFAULT 0;
  UPDATE instances SET uid_hash = uid_hash_of(json_extract(tags, '$."0008,0018"'));
  CREATE INDEX instances_by_uid_hash ON instances (uid_hash);

  CREATE VIRTUAL TABLE patient_words USING fts5
    (words, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');
  CREATE VIRTUAL TABLE study_words USING fts5
    (words, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');
  CREATE VIRTUAL TABLE series_words USING fts5
    (words, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');
  INSERT INTO patient_words (rowid, words) SELECT key, words_of('Patient', tags) FROM patients;
  INSERT INTO study_words (rowid, words) SELECT key, words_of('Study', tags) FROM studies;
  INSERT INTO series_words (rowid, words) SELECT key, words_of('Series', tags) FROM series;

  CREATE TABLE labels (
    level INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (level, resource, label)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX labels_by_label ON labels (level, label, resource);
`
