import { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { type Field, type FieldValues, readFields, restBytes, writeFields } from './fields.ts'
import { PduError } from './pdu-error.ts'

/** An item or sub-item: type byte, reserved byte, 16-bit length, fields (PS3.8 9.3.2.1). */
export interface ItemSpec<Kind extends string = string, Fields extends readonly Field[] = readonly Field[]> {
  readonly code: number
  readonly kind: Kind
  readonly fields: Fields
}

export type ItemOf<Spec extends ItemSpec> =
  Spec extends ItemSpec<infer Kind, infer Fields> ? { readonly kind: Kind } & FieldValues<Fields> : never

/** An item whose type the enclosing table does not list: passed through. */
export interface UnknownItem {
  readonly kind: 'unknown'
  readonly code: number
  readonly bytes: Uint8Array
}

export function item<const Kind extends string, const Fields extends readonly Field[]>(
  code: number,
  kind: Kind,
  fields: Fields,
): ItemSpec<Kind, Fields> {
  return { code, kind, fields }
}

/**
 * Items up to the end of the enclosing PDU or item. Only the listed ones are looked into, so nesting is as deep as
 * the tables are. More than the reader's `maxItems` are an invalid parameter.
 */
export function items<const Name extends string, const Specs extends readonly ItemSpec[]>(
  name: Name,
  specs: Specs,
): Field<Name, readonly (ItemOf<Specs[number]> | UnknownItem)[]> {
  type Listed = ItemOf<Specs[number]> | UnknownItem
  const byCode = new Map(specs.map((spec) => [spec.code, spec]))
  const byKind = new Map<string, ItemSpec>(specs.map((spec) => [spec.kind, spec]))
  return {
    name,
    read(reader) {
      const list: Listed[] = []
      while (reader.remaining > 0) {
        if (list.length === reader.maxItems) {
          throw new PduError('invalidParameter', `more than ${reader.maxItems} items`)
        }
        list.push(readItem(reader, byCode) as Listed)
      }
      return list
    },
    write(writer, list) {
      for (const one of list) writeItem(writer, byKind, one as { readonly kind: string })
    },
  }
}

function readItem(reader: ByteReader, byCode: ReadonlyMap<number, ItemSpec>): unknown {
  const code = reader.uint8()
  reader.take(1)
  const bytes = reader.take(reader.uint16())
  const spec = byCode.get(code)
  if (!spec) return { kind: 'unknown', code, bytes } satisfies UnknownItem
  // Bytes after the last field are ignored: later editions may append fields.
  return { kind: spec.kind, ...readFields(spec.fields, new ByteReader(bytes, reader.maxItems)) }
}

function writeItem(
  writer: ByteWriter,
  byKind: ReadonlyMap<string, ItemSpec>,
  value: { readonly kind: string },
): void {
  const spec = byKind.get(value.kind) ?? unknownItem(value as UnknownItem)
  writer.uint8(spec.code)
  writer.uint8(0)
  writer.prefixed16(() => writeFields(spec.fields, writer, value))
}

function unknownItem({ code }: UnknownItem): ItemSpec {
  return item(code, 'unknown', [restBytes('bytes')])
}
