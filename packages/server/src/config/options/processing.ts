import { effective, inapplicable, planned } from '../option.ts'
import { boolean, integer, listOf, mapOf, path } from '../value-type.ts'

export const processingOptions = {
  Plugins: planned(listOf(path), [], 'Plugins of Orthanc: not loaded.'),
  LuaScripts: planned(listOf(path), [], 'Lua scripts to load at start.'),
  LuaHeartBeatPeriod: planned(integer(), 0, 'Seconds between two calls of `OnHeartBeat`; 0: never.'),
  ExecuteLuaEnabled: planned(boolean, false, 'Whether `/tools/execute-script` runs scripts.'),
  ConcurrentJobs: effective(integer(), 2, 'Jobs that run at the same time; 0: one per CPU core.'),
  JobsEngineThreadsCount: planned(
    mapOf(integer()),
    { ResourceModification: 1 },
    'By type of job, the steps that run at the same time; 0: one per CPU core.',
  ),
  JobsConcurrency: effective(
    mapOf(integer(1)),
    {},
    'By type of job, the jobs of this type that run at the same time. Not an option of Orthanc.',
  ),
  JobsHistorySize: effective(integer(), 10, 'Jobs that are remembered when they are over.'),
  SaveJobs: effective(
    boolean,
    true,
    'Whether jobs go on after a restart; otherwise those that had not ended fail, and may be resubmitted.',
  ),
  LoaderThreads: inapplicable(integer(), 1, 'Files read ahead when many are sent.'),
  ZipLoaderThreads: inapplicable(integer(), 0, 'Files read ahead for an archive.'),
  SynchronousZipStream: effective(boolean, true, 'Whether an archive is sent while it is made.'),
  MediaArchiveSize: effective(integer(), 1, 'Asynchronous archives that are kept.'),
  ZipUseUtf8: effective(boolean, false, 'Whether names in an archive are UTF-8.'),
  MaximumFileSizeInArchiveMB: effective(
    integer(),
    4096,
    'Megabytes of one file of an uploaded ZIP or gzip, uncompressed; 0: no limit.',
  ),
  MetricsEnabled: planned(boolean, true, 'Whether metrics are collected.'),
  MallocArenaMax: inapplicable(integer(), 5, 'Arenas of the C library.'),
}
