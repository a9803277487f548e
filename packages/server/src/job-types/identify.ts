import { type Level, parentLevel } from '../model/level.ts'
import type { Identifiers } from '../model/resource-id.ts'
import type { Resources } from '../resources/resources.ts'

const identifierOf: Readonly<Record<Level, readonly [name: keyof Identifiers, tag: string]>> = {
  Patient: ['patientId', '0010,0020'],
  Study: ['studyInstanceUid', '0020,000d'],
  Series: ['seriesInstanceUid', '0020,000e'],
  Instance: ['sopInstanceUid', '0008,0018'],
}

/** The identifiers of a resource and of all above it, as far as they are known. */
export async function identify(
  level: Level,
  id: string,
  resources: Pick<Resources, 'get'>,
): Promise<Partial<Identifiers>> {
  const found: { -readonly [Name in keyof Identifiers]?: string } = {}
  let at: { readonly level: Level; readonly id: string } | undefined = { level, id }
  while (at !== undefined) {
    const resource = await resources.get(at.level, at.id)
    const [name, tag] = identifierOf[at.level]
    const value = resource?.mainTags[tag]
    if (typeof value === 'string') found[name] = value
    const above: Level | undefined = parentLevel(at.level)
    const parentId = resource?.parentId
    at = above === undefined || parentId === undefined ? undefined : { level: above, id: parentId }
  }
  return found
}
