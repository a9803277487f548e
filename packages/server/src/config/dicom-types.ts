import { textLike } from './value-type.ts'

/** PS3.5 6.2, VR AE: up to sixteen characters without backslash and control characters, not only spaces. */
export const aeTitle = textLike(/^(?=.*[^ ])[ -[\]-~]{1,16}$/, 'an AE title of 1 to 16 characters')

/** PS3.5 9.1. */
export const uid = textLike(/^(?=.{1,64}$)\d+(\.\d+)*$/, 'a DICOM UID')

/** UIDs in which `*` and `?` are wildcards. */
export const uidPattern = textLike(/^[\d.*?]{1,64}$/, 'a DICOM UID, possibly with the wildcards * and ?')
