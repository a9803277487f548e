import { type Entries, type Packing, packEntries } from './pack-entries.ts'
import { regroup } from './pieces.ts'
import { directoryEnd, directoryEntry, fileBytes, type ZipRecord } from './zip-format.ts'

/** Bytes of the central directory that are given at a time. */
const directoryPieceBytes = 64 * 1024

/** A whole archive, as fast as it is taken. */
export async function* streamArchive(
  entries: Entries,
  packing: Omit<Packing, 'offset' | 'onPacked'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const records: ZipRecord[] = []
  const onPacked = (record: ZipRecord): void => {
    records.push(record)
  }
  yield* packEntries(entries, { ...packing, offset: 0, onPacked })
  const last = records.at(-1)
  yield* directoryBytes(records, last === undefined ? 0 : last.offset + fileBytes(last))
}

/** The last part of an archive, which begins at `offset`. */
export async function* directoryBytes(
  records: Iterable<ZipRecord> | AsyncIterable<ZipRecord>,
  offset: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* regroup(directoryParts(records, offset), directoryPieceBytes)
}

async function* directoryParts(
  records: Iterable<ZipRecord> | AsyncIterable<ZipRecord>,
  offset: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let [files, size] = [0, 0]
  for await (const record of records) {
    const bytes = directoryEntry(record)
    files++
    size += bytes.length
    yield bytes
  }
  yield directoryEnd({ files, offset, size })
}
