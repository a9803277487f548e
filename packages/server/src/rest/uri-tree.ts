import type { RestMethod } from './request-target.ts'
import type { Route } from './route.ts'

/** What exists at one URI template. */
export interface UriNode {
  readonly template: string
  readonly routes: ReadonlyMap<RestMethod, Route>
  /** Names below that are no parameters, in order. */
  readonly children: readonly string[]
}

interface MutableNode {
  readonly template: string
  readonly routes: Map<RestMethod, Route>
  readonly children: Set<string>
}

/** Every template of the routes and every one above them. Errors: a plain one for two routes of a kind. */
export function buildUriTree(routes: readonly Route[]): readonly UriNode[] {
  const nodes = new Map<string, MutableNode>()
  const node = (template: string): MutableNode => {
    const known = nodes.get(template)
    if (known !== undefined) return known
    const made = { template, routes: new Map(), children: new Set<string>() }
    nodes.set(template, made)
    return made
  }
  for (const route of routes) {
    const { routes: here } = node(route.path)
    if (here.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`)
    here.set(route.method, route)
    for (const [parent, child] of ancestry(route.path)) node(parent).children.add(child)
  }
  return [...nodes.values()].map(({ template, routes: found, children }) => ({
    template,
    routes: found,
    children: [...children].filter((name) => !name.startsWith('{')).sort(),
  }))
}

/** Each template above, with the segment that leads down from it. */
function ancestry(path: string): readonly (readonly [string, string])[] {
  const segments = path.split('/').slice(1)
  if (path === '/') return []
  return segments.map((segment, index) => [`/${segments.slice(0, index).join('/')}`, segment])
}
