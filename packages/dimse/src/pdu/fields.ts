import { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { PduError } from './pdu-error.ts'

/** One row of a field table: how a named value lies in a PDU or item. Reserved fields have the empty name. */
export interface Field<Name extends string = string, Value = unknown> {
  readonly name: Name
  read(reader: ByteReader): Value
  write(writer: ByteWriter, value: Value): void
}

/** The object that a field table describes. */
export type FieldValues<Fields extends readonly Field[]> = {
  readonly [F in Fields[number] as F['name'] extends '' ? never : F['name']]: F extends Field<
    string,
    infer Value
  >
    ? Value
    : never
}

export function readFields<const Fields extends readonly Field[]>(
  fields: Fields,
  reader: ByteReader,
): FieldValues<Fields> {
  const values: Record<string, unknown> = {}
  for (const field of fields) {
    const value = field.read(reader)
    if (field.name !== '') values[field.name] = value
  }
  return values as FieldValues<Fields>
}

export function writeFields<const Fields extends readonly Field[]>(
  fields: Fields,
  writer: ByteWriter,
  values: FieldValues<Fields>,
): void {
  const byName: Readonly<Record<string, unknown>> = values
  for (const field of fields) field.write(writer, byName[field.name])
}

export function uint8<const Name extends string>(name: Name): Field<Name, number> {
  return { name, read: (reader) => reader.uint8(), write: (writer, value) => writer.uint8(value) }
}

export function uint16<const Name extends string>(name: Name): Field<Name, number> {
  return { name, read: (reader) => reader.uint16(), write: (writer, value) => writer.uint16(value) }
}

export function uint32<const Name extends string>(name: Name): Field<Name, number> {
  return { name, read: (reader) => reader.uint32(), write: (writer, value) => writer.uint32(value) }
}

/** A byte that is 0 or 1; any other value is read as true. */
export function flag<const Name extends string>(name: Name): Field<Name, boolean> {
  return {
    name,
    read: (reader) => reader.uint8() !== 0,
    write: (writer, value) => writer.uint8(value ? 1 : 0),
  }
}

/** Bytes sent as 00H and not tested on receipt. */
export function reserved(length: number): Field<'', undefined> {
  return {
    name: '',
    read: (reader) => {
      reader.take(length)
      return undefined
    },
    write: (writer) => writer.append(new Uint8Array(length)),
  }
}

/** Text in a fixed number of bytes, padded with spaces; padding (NUL too, as some peers send) is removed. */
export function paddedText<const Name extends string>(name: Name, length: number): Field<Name, string> {
  return {
    name,
    read: (reader) => trimPadding(decodeText(reader.take(length))),
    write: (writer, value) => writer.append(encodeText(value.padEnd(length).slice(0, length))),
  }
}

/** Text up to the end of the item. UIDs are not padded (PS3.8 Annex F), but some peers pad them. */
export function text<const Name extends string>(name: Name): Field<Name, string> {
  return {
    name,
    read: (reader) => trimPadding(decodeText(reader.rest())),
    write: (writer, value) => writer.append(encodeText(value)),
  }
}

/** Text after its 16-bit length. */
export function text16<const Name extends string>(name: Name): Field<Name, string> {
  return {
    name,
    read: (reader) => trimPadding(decodeText(reader.take(reader.uint16()))),
    write: (writer, value) => writer.prefixed16(() => writer.append(encodeText(value))),
  }
}

/** Bytes after their 16-bit length. */
export function bytes16<const Name extends string>(name: Name): Field<Name, Uint8Array> {
  return {
    name,
    read: (reader) => reader.take(reader.uint16()),
    write: (writer, value) => writer.prefixed16(() => writer.append(value)),
  }
}

/** UIDs, each after its 16-bit length, after the 16-bit length of the whole list (PS3.7 D.3.3.6.1). */
export function textList16<const Name extends string>(name: Name): Field<Name, readonly string[]> {
  const entry = text16('entry')
  return {
    name,
    read: (reader) => {
      const list = new ByteReader(reader.take(reader.uint16()), reader.maxItems)
      const texts: string[] = []
      while (list.remaining > 0) {
        if (texts.length === list.maxItems)
          throw new PduError('invalidParameter', `more than ${list.maxItems} UIDs`)
        texts.push(entry.read(list))
      }
      return texts
    },
    write: (writer, value) =>
      writer.prefixed16(() => {
        for (const uid of value) entry.write(writer, uid)
      }),
  }
}

/** All bytes up to the end of the item. */
export function restBytes<const Name extends string>(name: Name): Field<Name, Uint8Array> {
  return { name, read: (reader) => reader.rest(), write: (writer, value) => writer.append(value) }
}

// ISO 646 is written; other bytes are read one to one, so that validation sees what was sent.
function decodeText(bytes: Uint8Array): string {
  let decoded = ''
  for (const byte of bytes) decoded += String.fromCharCode(byte)
  return decoded
}

function encodeText(value: string): Uint8Array {
  return Uint8Array.from(value, (character) => character.charCodeAt(0))
}

function trimPadding(value: string): string {
  let end = value.length
  while (end > 0 && (value[end - 1] === ' ' || value[end - 1] === '\0')) end -= 1
  let start = 0
  while (start < end && value[start] === ' ') start += 1
  return value.slice(start, end)
}
