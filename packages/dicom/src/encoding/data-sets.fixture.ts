import type { Encoding } from '../data-set/data-set.ts'
import { bytes, delimited, delimitedItem, element, explicitLittle, item, uint } from './streams.fixture.ts'

/** A data set with most of what the encodings offer. */
export function richDataSet(encoding: Encoding): Uint8Array {
  const inner = bytes(
    element(encoding, 0x00080100, 'SH', 'CODE'),
    delimited(
      encoding,
      0x00081199,
      'SQ',
      delimitedItem(encoding, element(encoding, 0x00081155, 'UI', '1.2\0')),
    ),
  )
  return bytes(
    element(encoding, 0x00080005, 'CS', 'ISO_IR 100'),
    element(encoding, 0x00080018, 'UI', '1.2.3\0'),
    element(encoding, 0x00081140, 'SQ'),
    element(encoding, 0x00082112, 'SQ', bytes(item(encoding, inner), item(encoding, new Uint8Array(0)))),
    delimited(encoding, 0x00082218, 'SQ', bytes(delimitedItem(encoding, inner), item(encoding, inner))),
    element(encoding, 0x00090010, 'LO', 'KINGSFOIL '),
    element(encoding, 0x00091001, 'UN', bytes([1, 2, 3, 4])),
    element(encoding, 0x00100010, 'PN', 'Doe^Jane'),
    element(encoding, 0x00280010, 'US', uint(2, 2, encoding)),
    element(encoding, 0x00280011, 'US', uint(2, 3, encoding)),
    element(encoding, 0x00280103, 'US', uint(2, 1, encoding)),
    element(encoding, 0x00280106, 'SS', uint(2, 0xfffe, encoding)),
    element(encoding, 0x7fe00010, 'OW', bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])),
    element(encoding, 0xfffcfffc, 'OB', bytes([0, 0])),
  )
}

/** Encapsulated Pixel Data: an empty Basic Offset Table, and fragments of 4 and 0 bytes. */
export const encapsulated = bytes(
  element(explicitLittle, 0x00080018, 'UI', '1.2.3\0'),
  delimited(
    explicitLittle,
    0x7fe00010,
    'OB',
    bytes(
      item(explicitLittle, new Uint8Array(0)),
      item(explicitLittle, bytes([9, 8, 7, 6])),
      item(explicitLittle, new Uint8Array(0)),
    ),
  ),
  element(explicitLittle, 0xfffcfffc, 'OB', bytes([0, 0])),
)
