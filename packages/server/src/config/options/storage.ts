import { absent, effective, inapplicable, planned } from '../option.ts'
import {
  extraMainDicomTags,
  overwriteMode,
  switches,
  userContentType,
  userMetadataNumber,
} from '../structured-types.ts'
import { boolean, integer, mapOf, oneOf, path, text } from '../value-type.ts'

export const storageOptions = {
  Name: effective(text, 'MyOrthanc', 'Name of the server, shown to its users.'),
  StorageDirectory: effective(
    path,
    'OrthancStorage',
    'Folder of the DICOM files. `data` when the server is started without a configuration file.',
  ),
  IndexDirectory: absent(effective, path, 'Folder of the catalog. Absent: `StorageDirectory`.'),
  TemporaryDirectory: absent(effective, path, "Folder of temporary files. Absent: the system's."),
  StorageCompression: effective(boolean, false, 'Whether files are stored compressed.'),
  MaximumStorageSize: effective(integer(), 0, 'Megabytes that the stored files may take; 0: no limit.'),
  MaximumPatientCount: effective(integer(), 0, 'Number of patients that may be stored; 0: no limit.'),
  MaximumStorageMode: effective(
    oneOf('Recycle', 'Reject'),
    'Recycle',
    'At a limit, whether the oldest unprotected patient goes or the newcomer is refused.',
  ),
  MaximumStorageCacheSize: inapplicable(integer(), 128, 'Megabytes of files kept in memory.'),
  StoreDicom: planned(boolean, true, 'Whether files are kept, or only indexed.'),
  StoreMD5ForAttachments: inapplicable(
    boolean,
    true,
    'Whether the MD5 of a file is computed when it is written. It always is.',
  ),
  OverwriteInstances: effective(
    overwriteMode,
    false,
    'Whether an instance that is stored already is replaced: true or "Always", false or "Never".',
  ),
  SyncStorageArea: inapplicable(
    boolean,
    true,
    'Whether a file is synced to the disk before its arrival is confirmed. It always is.',
  ),
  StorageAccessOnFind: effective(
    oneOf('Always', 'Answers', 'Never'),
    'Always',
    'When a search may read files.',
  ),
  ReadOnly: effective(boolean, false, 'Whether everything that changes what is stored is refused.'),
  PatientLevelEnabled: effective(boolean, true, 'Whether patients are resources of their own.'),
  DatabaseServerIdentifier: absent(effective, text, 'Name of this server among those that share a database.'),
  CheckRevisions: effective(
    boolean,
    false,
    'Whether a change of metadata or attachments must name the revision it replaces.',
  ),
  ExtraMainDicomTags: effective(extraMainDicomTags, {}, 'By level, tags to index besides the standard ones.'),
  Warnings: planned(switches, {}, 'By name (`W001_TagsBeingReadFromStorage`), whether a warning is logged.'),
  UserMetadata: effective(
    mapOf(userMetadataNumber),
    {},
    'Names of metadata of your own, with their numbers.',
  ),
  UserContentType: effective(
    mapOf(userContentType),
    {},
    'Names of attachments of your own, with their numbers, or [number, MIME type].',
  ),
}
