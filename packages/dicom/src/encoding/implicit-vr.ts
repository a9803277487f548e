import type { DataSet } from '../data-set/data-set.ts'
import { privateCreatorOf } from '../data-set/private-creator.ts'
import type { Dictionary } from '../dictionary/dictionary.ts'
import { isPrivate, type Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'

const pixelRepresentation = 0x00280103

/**
 * The VR that an Implicit VR data set leaves unsaid. Where PS3.6 gives several: OW if it is one of them
 * (PS3.5 A.1), else by Pixel Representation. UN for attributes that the dictionary does not know.
 */
export function impliedVr(dictionary: Dictionary, dataSet: DataSet, tag: Tag): Vr {
  const creator = isPrivate(tag) && dictionary.hasCreators ? privateCreatorOf(dataSet, tag) : undefined
  const entry = dictionary.lookup(tag, creator)
  if (entry === undefined) return 'UN'
  if (entry.alternatives.length < 2) return entry.vr
  if (entry.alternatives.includes('OW')) return 'OW'
  return entry.alternatives.includes('SS') && hasSignedPixels(dataSet) ? 'SS' : entry.vr
}

function hasSignedPixels(dataSet: DataSet): boolean {
  for (let each: DataSet | undefined = dataSet; each !== undefined; each = each.parent) {
    const value = each.get(pixelRepresentation)?.value
    if (value?.kind === 'bytes') return value.bytes.some((byte) => byte !== 0)
  }
  return false
}
