import { type Dictionary, standardDictionary } from '../dictionary/dictionary.ts'
import { defaultReadLimits, type ReadLimits } from '../limits.ts'
import type { Tag } from '../tag.ts'

export interface ReadOptions {
  /** Stop at the root's Pixel Data, which is then a `reference` whatever it holds. Default false. */
  readonly untilPixelData?: boolean
  /** The root's elements to keep; others are passed over, at no cost in memory. Default: all. */
  readonly only?: ReadonlySet<Tag> | undefined
  /** Gives the VRs of Implicit VR data sets. Default `standardDictionary`. */
  readonly dictionary?: Dictionary
  /** In place of some of `defaultReadLimits`. */
  readonly limits?: Partial<ReadLimits>
}

export const resolveReadOptions = (
  options: ReadOptions = {},
): Required<ReadOptions> & { limits: ReadLimits } => ({
  untilPixelData: options.untilPixelData ?? false,
  only: options.only,
  dictionary: options.dictionary ?? standardDictionary,
  limits: options.limits === undefined ? defaultReadLimits : { ...defaultReadLimits, ...options.limits },
})
