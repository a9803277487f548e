/** Bounds on what a media set takes. Each is exercised by a test. */
export const mediaLimits = {
  /** Files of one folder: names of a File ID have eight characters (PS3.10 8.2), two of them `IM`. */
  folderFiles: 1_000_000,
  /** Folders: their names are `IMAGES`, and then one or two digits. */
  folders: 100,
  /** Bytes of the DICOMDIR, which is held in memory: about 250 for each instance, extended 600. */
  directoryBytes: 512 * 1024 * 1024,
  /** Bytes of a file without file meta information that are held until it is known what that has to say. */
  heldBytes: 1024 * 1024,
  /** Records that are made before others have their turn. */
  recordsAtOnce: 100,
} as const

export type MediaLimits = { readonly [Name in keyof typeof mediaLimits]: number }
