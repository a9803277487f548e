/** Value representations of PS3.5 Table 6.2-1. */
export const vrs = [
  'AE',
  'AS',
  'AT',
  'CS',
  'DA',
  'DS',
  'DT',
  'FD',
  'FL',
  'IS',
  'LO',
  'LT',
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'PN',
  'SH',
  'SL',
  'SQ',
  'SS',
  'ST',
  'SV',
  'TM',
  'UC',
  'UI',
  'UL',
  'UN',
  'UR',
  'US',
  'UT',
  'UV',
] as const

export type Vr = (typeof vrs)[number]

const known: ReadonlySet<string> = new Set(vrs)

export const isVr = (text: string): text is Vr => known.has(text)
