import { type Attachment, systemAttachments, type UserContentType } from '../../model/attachment.ts'
import { asStored } from '../../model/resource.ts'
import type { View } from '../route.ts'

const binary = 'application/octet-stream'

const systemTypes: readonly UserContentType[] = [
  { number: systemAttachments.dicom, mime: 'application/dicom' },
  { number: systemAttachments['dicom-as-json'], mime: 'application/json' },
  { number: systemAttachments['dicom-until-pixel-data'], mime: 'application/dicom' },
]

/** The names of kinds of attachments, of the system's and of `UserContentType`, and their media types. */
export class AttachmentNames {
  readonly #numbers: ReadonlyMap<string, number>
  readonly #names: ReadonlyMap<number, string>
  readonly #mimes: ReadonlyMap<number, string | undefined>

  constructor(userContentTypes: ReadonlyMap<string, UserContentType>) {
    const users = [...userContentTypes].map(([name, { number }]) => [name, number] as const)
    const all = [...Object.entries(systemAttachments), ...users]
    this.#numbers = new Map(all)
    this.#names = new Map(all.map(([name, number]) => [number, name]))
    this.#mimes = new Map(
      [...systemTypes, ...userContentTypes.values()].map((each) => [each.number, each.mime]),
    )
  }

  /** Reads a name or a number; undefined for a name that nobody registered. */
  parse(text: string): number | undefined {
    return /^\d{1,9}$/.test(text) ? Number(text) : this.#numbers.get(text)
  }

  /** The number itself where there is no name. */
  format(number: number): string {
    return this.#names.get(number) ?? String(number)
  }

  mimeOf(number: number): string {
    return this.#mimes.get(number) ?? binary
  }
}

export const viewAttachmentInfo = (attachment: Attachment): View => ({
  CompressedMD5: asStored(attachment).md5,
  CompressedSize: asStored(attachment).size,
  ContentType: attachment.type,
  UncompressedMD5: attachment.md5,
  UncompressedSize: attachment.size,
  Uuid: attachment.blobKey,
})
