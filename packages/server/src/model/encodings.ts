/** Names of character sets in the configuration and on the wire, with their defined terms (PS3.3 C.12.1.1.2). */
export const encodings = {
  Ascii: 'ISO_IR 6',
  Utf8: 'ISO_IR 192',
  Latin1: 'ISO_IR 100',
  Latin2: 'ISO_IR 101',
  Latin3: 'ISO_IR 109',
  Latin4: 'ISO_IR 110',
  Latin5: 'ISO_IR 148',
  Cyrillic: 'ISO_IR 144',
  Windows1251: 'Windows-1251',
  Arabic: 'ISO_IR 127',
  Greek: 'ISO_IR 126',
  Hebrew: 'ISO_IR 138',
  Thai: 'ISO_IR 166',
  Japanese: 'ISO_IR 13',
  JapaneseKanji: 'ISO 2022 IR 87',
  Chinese: 'GB18030',
  SimplifiedChinese: 'ISO 2022 IR 58',
  Korean: 'ISO 2022 IR 149',
} as const

export type EncodingName = keyof typeof encodings

export const encodingNames = Object.keys(encodings) as readonly EncodingName[]
