import type { SizeExceptions } from './sizes.ts'

/** Files that are better whole than below the cap. */
export const sizeExceptions: SizeExceptions = {}
