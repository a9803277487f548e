import type { Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'

/** The part of a dictionary that the JSON and XML formats need. */
export interface TagNames {
  lookup(
    tag: Tag,
    privateCreator?: string,
  ): { readonly keyword: string; readonly vr: Vr; readonly retired: boolean } | undefined
}

export interface JsonOptions {
  /** Default: the standard dictionary. */
  readonly dictionary?: TagNames
  /** Defined term assumed where the data set declares none, '' for ASCII. Default `ISO_IR 100`. */
  readonly defaultCharacterSet?: string
  /** Elements whose text is given however long it is. */
  readonly ignoreLength?: ReadonlySet<Tag>
  /** In bytes of UTF-8; 0 for no limit. Default 256. */
  readonly maxTextLength?: number
  /** Elements after Pixel Data too. */
  readonly whole?: boolean
}
