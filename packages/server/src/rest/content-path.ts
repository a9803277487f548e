import { type DataSet, type Dictionary, type Element, formatTag } from '@kingsfoil/dicom'
import { DomainError } from '../model/domain-error.ts'

/** What a path inside a data set leads to. */
export type ContentNode =
  | { readonly kind: 'dataSet'; readonly tags: readonly string[] }
  | { readonly kind: 'list'; readonly length: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Bytes of the file, or, of a deflated one, of its inflated form. */
  | { readonly kind: 'range'; readonly offset: number; readonly length: number }

/** Pixel Data counts as a list of fragments, also where there is but one. */
const pixelData = 0x7fe00010

const indexOf = (text: string | undefined): number =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : -1

/**
 * Follows `tag[/index/tag]…`; undefined where it leads nowhere. Errors: `UnknownDicomTag` for a name that is none.
 */
export function findContent(
  dataSet: DataSet,
  path: readonly string[],
  dictionary: Dictionary,
): ContentNode | undefined {
  let current = dataSet
  for (let at = 0; ; at += 2) {
    const name = path[at]
    if (name === undefined)
      return { kind: 'dataSet', tags: [...current].map(({ tag }) => formatTag(tag, '-')) }
    const tag = dictionary.parseTag(name)
    if (tag === undefined) throw new DomainError('UnknownDicomTag')
    const element = current.get(tag)
    if (element === undefined) return undefined
    if (element.value.kind !== 'items') return findValue(element, path.slice(at + 1))
    if (path[at + 1] === undefined) return { kind: 'list', length: element.value.items.length }
    const item = element.value.items[indexOf(path[at + 1])]
    if (item === undefined) return undefined
    current = item
  }
}

function findValue(
  { tag, value, valueOffset, length }: Element,
  rest: readonly string[],
): ContentNode | undefined {
  const blocks = tag === pixelData || value.kind === 'fragments'
  if (rest.length > (blocks ? 1 : 0)) return undefined
  const index = indexOf(rest[0])
  if (value.kind === 'fragments') {
    if (rest.length === 0) return { kind: 'list', length: value.fragments.length }
    const fragment = value.fragments[index]
    return fragment && { kind: 'range', ...fragment }
  }
  if (blocks && rest.length === 0) return { kind: 'list', length: 1 }
  if (blocks && index !== 0) return undefined
  if (value.kind === 'bytes') return { kind: 'bytes', bytes: value.bytes }
  return { kind: 'range', offset: valueOffset, length }
}
