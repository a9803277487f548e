import { type Dictionary, formatTag } from '@kingsfoil/dicom'
import type { Config } from '../config/options.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Level } from '../model/level.ts'
import { extendMainTags, type MainTags } from '../model/main-tags.ts'

/** The tags that the catalog keeps, those that the configuration adds among them. Errors: `BadParameterType`. */
export function configuredMainTags(
  { ExtraMainDicomTags: extra }: Pick<Config, 'ExtraMainDicomTags'>,
  dictionary: Dictionary,
): MainTags {
  const tagsOf = (level: Level) => (extra.get(level) ?? []).map((name) => parse(name, level, dictionary))
  return extendMainTags({
    Patient: tagsOf('Patient'),
    Study: tagsOf('Study'),
    Series: tagsOf('Series'),
    Instance: tagsOf('Instance'),
  })
}

function parse(name: string, level: Level, dictionary: Dictionary): string {
  const tag = dictionary.parseTag(name)
  if (tag !== undefined) return formatTag(tag)
  throw new DomainError('BadParameterType', `ExtraMainDicomTags.${level}: ${name} is no tag`)
}
