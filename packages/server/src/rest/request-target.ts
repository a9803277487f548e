export const restMethods = ['GET', 'POST', 'PUT', 'DELETE'] as const

export type RestMethod = (typeof restMethods)[number]

/** Path without doubled or trailing slashes; the query as it is. */
export function normalizeTarget(target: string): string {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  if (!path.includes('//') && (path.length < 2 || !path.endsWith('/'))) return target
  const query = mark < 0 ? '' : target.slice(mark)
  const shorter = path.replace(/\/{2,}/g, '/')
  return (shorter.length > 1 && shorter.endsWith('/') ? shorter.slice(0, -1) : shorter) + query
}

export function pathOf(target: string): string {
  const mark = target.indexOf('?')
  return mark < 0 ? target : target.slice(0, mark)
}

/** Undefined without a query, so that the common case costs nothing. */
export function queryOf(target: string): URLSearchParams | undefined {
  const mark = target.indexOf('?')
  return mark < 0 || mark === target.length - 1 ? undefined : new URLSearchParams(target.slice(mark + 1))
}

const isOverride = (method: string): method is 'PUT' | 'DELETE' => method === 'PUT' || method === 'DELETE'

/**
 * The method that is meant: clients without PUT and DELETE say it in `X-HTTP-Method-Override` on a POST, or in
 * `_method` on a GET. Undefined if nothing is served by that name.
 */
export function effectiveMethod(
  method: string | undefined,
  target: string,
  override: string | readonly string[] | undefined,
): RestMethod | undefined {
  const found = restMethods.find((known) => known === method)
  let meant: string | null | undefined
  if (found === 'POST') meant = override === undefined ? undefined : String(override)
  if (found === 'GET' && target.includes('_method=')) meant = queryOf(target)?.get('_method')
  if (meant === undefined || meant === null) return found
  return isOverride(meant.toUpperCase()) ? (meant.toUpperCase() as RestMethod) : undefined
}
