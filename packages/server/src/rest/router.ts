import findMyWay from 'find-my-way'
import type { UriNode } from './uri-tree.ts'

/** What a URI leads to. */
export interface Target {
  readonly node: UriNode
  readonly params: { readonly [name: string]: string }
}

/** Finds what a request target leads to; undefined where there is nothing, or where it cannot be decoded. */
export type Router = (target: string) => Target | undefined

/** Nodes know their methods themselves: here, all of them go under one. */
const method = 'GET'

/** Segments of more than `segmentCharacters` lead nowhere. */
export function createRouter(nodes: readonly UriNode[], segmentCharacters: number): Router {
  const tree = findMyWay({ maxParamLength: segmentCharacters, querystringParser: () => ({}) })
  for (const node of nodes) {
    const pattern = node.template.replaceAll(/\{(\w+)\}/g, ':$1').replace('{*}', '*')
    tree.on(method, pattern, () => undefined, node)
  }
  return (target) => {
    const found = tree.find(method, target)
    return found === null
      ? undefined
      : { node: found.store as UriNode, params: found.params as Target['params'] }
  }
}
