import type { Value } from '../data-set/element.ts'
import { DicomError } from '../errors.ts'
import { elementOf, groupOf } from '../tag.ts'
import type { DataSetParser } from './data-set-parser.ts'
import type { ElementHeader } from './frame.ts'

/** Of an element in Implicit VR (PS3.5 7.1.3). */
const headerSize = 8

/**
 * What a UN value of defined length holds that is a sequence by the dictionary: its items,
 * or if they cannot be read without a warning, its bytes.
 * `newParser` makes an Implicit VR Little Endian parser that keeps its warnings and begins at an offset.
 */
export function valueOfUnknown(
  header: ElementHeader,
  bytes: Uint8Array,
  newParser: (offset: number) => DataSetParser,
): Value {
  const asBytes: Value = { kind: 'bytes', bytes }
  const sequenceHeader = new DataView(new ArrayBuffer(headerSize))
  sequenceHeader.setUint16(0, groupOf(header.tag), true)
  sequenceHeader.setUint16(2, elementOf(header.tag), true)
  sequenceHeader.setUint32(4, bytes.length, true)
  const parser = newParser(header.valueOffset - headerSize)
  try {
    parser.push(new Uint8Array(sequenceHeader.buffer))
    parser.push(bytes)
    parser.end()
  } catch (error) {
    if (error instanceof DicomError) return asBytes
    throw error
  }
  const value = parser.dataSet.get(header.tag)?.value
  return value?.kind === 'items' && parser.warnings.length === 0 ? value : asBytes
}
