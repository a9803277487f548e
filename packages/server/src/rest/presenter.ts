import type { Dictionary, Tag } from '@kingsfoil/dicom'
import { DomainError } from '../model/domain-error.ts'
import type { Level } from '../model/level.ts'
import { limits } from '../model/limits.ts'
import type { TagValue } from '../model/resource.ts'
import type { LabelledResource } from '../resources/resource-pages.ts'
import type { ResourceDetails } from '../resources/resources.ts'
import { word } from './arguments.ts'
import { parseQueryTag } from './find-request.ts'
import type { View } from './route.ts'
import type { RouteContext } from './route-context.ts'
import { viewAttachmentInfo } from './views/attachment-view.ts'
import { MetadataNames, viewMetadata } from './views/metadata-view.ts'
import { viewResource } from './views/resource-view.ts'
import { type Content, contents, pickContent } from './views/response-content.ts'
import { type TagFormat, viewRequestedTags } from './views/tag-format.ts'

/** How resources are to be shown. */
export interface Presentation {
  readonly format: TagFormat
  /** Undefined: what is usual. */
  readonly content: ReadonlySet<Content> | undefined
  readonly requestedTags: readonly Tag[]
}

type Values = ReadonlyMap<Tag, TagValue | undefined>

export const presentationArguments = {
  'requested-tags': word('Tags, separated by semicolons, to show under `RequestedTags`'),
  requestedTags: word('Older name of `requested-tags`'),
}

export const contentArgument = {
  'response-content': word(`What to show, separated by semicolons: ${contents.join(', ')}`),
}

interface PresentationArguments {
  readonly 'requested-tags'?: string | undefined
  readonly requestedTags?: string | undefined
  readonly 'response-content'?: string | undefined
}

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '').split(';').filter((part) => part !== '')

/** Errors: `ParameterOutOfRange`, `UnknownQueryTag`. */
export function parsePresentation(
  query: PresentationArguments,
  format: TagFormat,
  dictionary: Dictionary,
): Presentation {
  const content = listOf(query['response-content'])
  return {
    format,
    content: content.length === 0 ? undefined : parseContent(content),
    requestedTags: parseRequestedTags(listOf(query['requested-tags'] ?? query.requestedTags), dictionary),
  }
}

/** Errors: `BadRequest` for more than anybody needs, `UnknownQueryTag`. */
export function parseRequestedTags(names: readonly string[], dictionary: Dictionary): readonly Tag[] {
  if (names.length > limits.queryTerms) {
    throw new DomainError(
      'BadRequest',
      `${names.length} tags are requested; ${limits.queryTerms} are allowed`,
    )
  }
  return names.map((name) => parseQueryTag(name, dictionary))
}

/** Errors: `ParameterOutOfRange`. */
export function parseContent(names: readonly string[]): ReadonlySet<Content> {
  return new Set(
    names.map((name) => {
      const known = contents.find((content) => content === name)
      if (known === undefined)
        throw new DomainError('ParameterOutOfRange', `Unknown content: ${name.slice(0, 64)}`)
      return known
    }),
  )
}

/** Makes views of resources, with what other rooms know of them. */
export class Presenter {
  readonly #context: RouteContext
  readonly #names: MetadataNames

  constructor(context: RouteContext) {
    this.#context = context
    this.#names = new MetadataNames(context.system.userMetadata)
  }

  /** One resource, which has been read already. */
  async present(resource: ResourceDetails, presentation: Presentation): Promise<View> {
    const { level, id } = resource
    const labels = (await this.#context.labels.list(level, id)) ?? []
    const requested = await this.#requested(level, id, presentation)
    return this.#view({ ...resource, labels }, presentation, requested)
  }

  /** In the order of the ids; resources that are gone are left out. `values`: of the requested tags, where known. */
  async presentIds(
    level: Level,
    ids: readonly string[],
    presentation: Presentation,
    values?: ReadonlyMap<string, Values>,
  ): Promise<readonly View[]> {
    const views: View[] = []
    const children = presentation.content?.has('Children') !== false
    for await (const page of this.#context.pages.read(level, ids, { children })) {
      for (const resource of page) {
        const known = values?.get(resource.id)
        const requested = known ?? (await this.#requested(level, resource.id, presentation))
        views.push(await this.#view(resource, presentation, requested))
      }
    }
    return views
  }

  async #attachments({ level, id }: ResourceDetails): Promise<readonly View[]> {
    return ((await this.#context.attachments.list(level, id)) ?? []).map(viewAttachmentInfo)
  }

  async #requested(level: Level, id: string, { requestedTags }: Presentation): Promise<Values | undefined> {
    return requestedTags.length === 0 ? undefined : this.#context.find.readTags(level, id, requestedTags)
  }

  async #view(
    resource: LabelledResource,
    presentation: Presentation,
    requested: Values | undefined,
  ): Promise<View> {
    const { dictionary } = this.#context
    const { content, format } = presentation
    const { metadata, labels } = resource
    const view = viewResource(resource, format, dictionary, labels)
    if (content === undefined && requested === undefined) return view
    const whole: View = {
      ...view,
      ...(requested && { RequestedTags: viewRequestedTags(requested, format, dictionary) }),
      ...(content?.has('Metadata') && { Metadata: viewMetadata(metadata, { expand: true }, this.#names) }),
      ...(content?.has('Attachments') && {
        Attachments: await this.#attachments(resource),
      }),
    }
    return content === undefined ? whole : pickContent(whole, content, requested !== undefined)
  }
}
