import { configurationReference } from './configuration.ts'
import { errorReference } from './errors.ts'
import { routeReference } from './routes.ts'

/** The documents that follow from the code, by path. */
export const documents: Readonly<Record<string, () => string>> = {
  'docs/reference/configuration.md': configurationReference,
  'docs/reference/errors.md': errorReference,
  'docs/reference/routes.md': routeReference,
}
