import { DomainError } from '../../model/domain-error.ts'
import { parseIndexInSeries } from '../../model/index-in-series.ts'
import { resourcePath } from '../../model/level.ts'
import { limits } from '../../model/limits.ts'
import { systemMetadata } from '../../model/metadata.ts'
import type { Resource } from '../../model/resource.ts'
import { orderSlices, type Slice } from '../../resources/order-slices.ts'
import { json } from '../reply.ts'
import { producesJson, type Route, route, type View } from '../route.ts'
import type { RouteContext } from '../route-context.ts'

interface FramedSlice extends Slice {
  readonly frames: number
}

const tags = { position: '0020,0032', orientation: '0020,0037', frames: '0028,0008' } as const

function numbersOf(value: unknown): readonly number[] | undefined {
  const numbers = typeof value === 'string' ? value.split('\\').map(Number) : []
  return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : undefined
}

function describe({ id, mainTags, metadata }: Resource): FramedSlice {
  const index = metadata[systemMetadata.IndexInSeries]
  const [frames = 1] = numbersOf(mainTags[tags.frames]) ?? []
  return {
    id,
    position: numbersOf(mainTags[tags.position]),
    orientation: numbersOf(mainTags[tags.orientation]),
    indexInSeries: index === undefined ? undefined : parseIndexInSeries(index),
    frames: Number.isInteger(frames) && frames > 0 ? frames : 1,
  }
}

export const orderedSlicesRoute = ({ resources, pages }: RouteContext): Route =>
  route({
    method: 'GET',
    path: '/series/{id}/ordered-slices',
    summary: 'The instances of a series, and their frames, in their order in space or in the series',
    ...producesJson,
    handle: async ({ params }) => {
      const ids = await resources.descendants('Series', params.id, 'Instance')
      if (ids === undefined) throw new DomainError('UnknownResource')
      const slices: FramedSlice[] = []
      for await (const page of pages.read('Instance', ids, { children: false })) {
        slices.push(...page.map(describe))
      }
      const ordered = orderSlices(slices)
      if (ordered === undefined) throw new DomainError('CannotOrderSlices')
      return json(viewSlices(ordered.type, ordered.slices))
    },
  })

/** Errors: `CannotOrderSlices` for more frames than anybody has. */
function viewSlices(type: string, slices: readonly FramedSlice[]): View {
  const total = slices.reduce((sum, { frames }) => sum + frames, 0)
  if (total > limits.listedFrames) throw new DomainError('CannotOrderSlices', `${total} frames`)
  return {
    Dicom: slices.map(({ id }) => `${resourcePath('Instance', id)}/file`),
    Slices: slices.flatMap(({ id, frames }) =>
      Array.from({ length: frames }, (_, frame) => `${resourcePath('Instance', id)}/frames/${frame}`),
    ),
    SlicesShort: slices.map(({ id, frames }) => [id, 0, frames]),
    Type: type,
  }
}
