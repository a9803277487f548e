/** A small CT image in Explicit VR Little Endian, for tests: its data set, and the whole file. */
export function ctImage(sopInstanceUid: string, pixelLength: number) {
  const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', ctImageStorage),
    element(0x0002, 0x0003, 'UI', sopInstanceUid),
    element(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1'),
    element(0x0002, 0x0012, 'UI', '1.2.3'),
  ])
  const groupLength = Buffer.alloc(4)
  groupLength.writeUInt32LE(meta.length)
  const dataSet = Buffer.concat([
    element(0x0008, 0x0016, 'UI', ctImageStorage),
    element(0x0008, 0x0018, 'UI', sopInstanceUid),
    element(0x0008, 0x0060, 'CS', 'CT'),
    element(0x0010, 0x0010, 'PN', 'Test^Patient'),
    element(0x0010, 0x0020, 'LO', 'ID1'),
    element(0x0020, 0x000d, 'UI', '1.2.3.4'),
    element(0x0020, 0x000e, 'UI', '1.2.3.4.5'),
    element(0x7fe0, 0x0010, 'OW', Buffer.alloc(pixelLength, 0x5a)),
  ])
  const head = [Buffer.alloc(128), Buffer.from('DICM'), element(0x0002, 0x0000, 'UL', groupLength), meta]
  return { sopInstanceUid, dataSet, file: Buffer.concat([...head, dataSet]) }
}

function element(group: number, number: number, vr: string, value: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(value)
  const padding = Buffer.alloc(bytes.length % 2, vr === 'UI' ? 0 : 0x20)
  const isLong = vr === 'OB' || vr === 'OW'
  const header = Buffer.alloc(isLong ? 12 : 8)
  header.writeUInt16LE(group, 0)
  header.writeUInt16LE(number, 2)
  header.write(vr, 4, 'latin1')
  if (isLong) header.writeUInt32LE(bytes.length + padding.length, 8)
  else header.writeUInt16LE(bytes.length + padding.length, 6)
  return Buffer.concat([header, bytes, padding])
}
