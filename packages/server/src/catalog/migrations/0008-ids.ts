/**
 * Ids and parents from indexes alone, by key and by parent: a page of an index tells of a hundred rows, one of a table
 * of four. The modality is there so that series need not be read to find those of one modality in a study.
 */
export const ids = `
  CREATE INDEX patients_ids ON patients (key, id);
  CREATE INDEX studies_ids ON studies (key, parent, id);
  CREATE INDEX series_ids ON series (key, parent, id);

  DROP INDEX studies_by_parent;
  CREATE INDEX studies_of_patient ON studies (parent, key, id);
  DROP INDEX series_by_parent;
  CREATE INDEX series_of_study ON series (parent, key, id, modality);
`
