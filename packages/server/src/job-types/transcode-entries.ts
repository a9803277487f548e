import { type Dictionary, encodeFileMeta } from '@kingsfoil/dicom'
import type { ArchiveEntry } from '../archives/archive-entry.ts'
import { outgoingInstance } from '../remotes/outgoing-instance.ts'
import { type Alternatives, uncompressedAlternatives } from '../remotes/transfer-choice.ts'
import type { Resources } from '../resources/resources.ts'
import { storedInstance } from './stored-instance.ts'

export interface Transcoding {
  /** UID of the transfer syntax that is wanted. */
  readonly wanted: string
  readonly resources: Pick<Resources, 'file' | 'header'>
  readonly dictionary: Dictionary
  /** What a file can be turned into. Default: what takes no codec. */
  readonly alternatives?: Alternatives
  /** There is no way to turn the file into what is wanted: it stays as it is. */
  onKept(instanceId: string): void
}

/** The files in another transfer syntax, as far as there is a way to it; each is encoded when it is read. */
export async function* transcodeEntries(
  entries: AsyncIterable<ArchiveEntry>,
  transcoding: Transcoding,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  for await (const entry of entries) {
    const { instanceId } = entry
    if (instanceId === undefined) yield entry
    // How long it becomes is known at its end.
    else yield { ...entry, size: undefined, read: () => read(instanceId, entry, transcoding) }
  }
}

async function* read(
  id: string,
  entry: ArchiveEntry,
  { wanted, resources, dictionary, alternatives = uncompressedAlternatives, onKept }: Transcoding,
): AsyncGenerator<Uint8Array> {
  const source = await storedInstance(id, resources)
  const own = source.head.transferSyntaxUid
  const isPossible = alternatives(own).includes(wanted)
  if (!isPossible && own !== wanted) onKept(id)
  if (!isPossible) {
    yield* entry.read()
    return
  }
  const instance = outgoingInstance(source, dictionary)
  const dataSet = await instance.dataSetIn(wanted)
  yield encodeFileMeta({ ...instance, transferSyntaxUid: wanted })
  yield* dataSet
}
