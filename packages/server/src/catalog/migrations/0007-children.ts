/** The ids of the instances of a series, in order of arrival, from the index alone. */
export const children = `
  DROP INDEX instances_by_parent;
  CREATE INDEX instances_of_series ON instances (parent, key, id);
`
