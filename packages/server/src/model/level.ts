/** The four levels of the information model (PS3.4 C.6), outermost first. */
export const levels = ['Patient', 'Study', 'Series', 'Instance'] as const

export type Level = (typeof levels)[number]

export const isLevel = (name: string): name is Level => levels.some((level) => level === name)

const up: Readonly<Record<Level, Level | undefined>> = {
  Patient: undefined,
  Study: 'Patient',
  Series: 'Study',
  Instance: 'Series',
}

const down: Readonly<Record<Level, Level | undefined>> = {
  Patient: 'Study',
  Study: 'Series',
  Series: 'Instance',
  Instance: undefined,
}

export const parentLevel = (level: Level): Level | undefined => up[level]

export const childLevel = (level: Level): Level | undefined => down[level]

/** Plural, lower case, as in URIs. */
export const collectionOf: Readonly<Record<Level, string>> = {
  Patient: 'patients',
  Study: 'studies',
  Series: 'series',
  Instance: 'instances',
}

export const resourcePath = (level: Level, id: string): string => `/${collectionOf[level]}/${id}`
