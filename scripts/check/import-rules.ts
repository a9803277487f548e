import type { Problem } from './problem.ts'
import { packageDependencies, privileges, rooms } from './rooms.ts'
import { type Import, isTest, packageOf, resolveImport, roomOf, type SourceFile } from './source-file.ts'

/** The rules of docs/ARCHITECTURE.md about who may import whom. Tests may build what they need to test. */
export function checkImports(files: readonly SourceFile[]): readonly Problem[] {
  return files.flatMap((file) =>
    file.imports.flatMap((imported) => {
      const place = `${file.path}:${imported.line}`
      return objectionsTo(file.path, imported).map((message) => ({ place, message }))
    }),
  )
}

function objectionsTo(path: string, imported: Import): readonly string[] {
  const target = resolveImport(path, imported.specifier)
  const objections =
    target === undefined
      ? [objectToModule(path, imported)]
      : [objectToFile(path, target), objectToRoom(path, target)]
  return objections.filter((objection) => objection !== undefined)
}

function objectToFile(path: string, target: string): string | undefined {
  const home = packageOf(path)
  if (home === undefined) return undefined
  if (packageOf(target) !== home && !isManifest(target, home))
    return `${target} lies outside the package ${home}`
  if (target === `packages/${home}/src/index.ts`) return 'a package does not import its own index.ts'
  return undefined
}

const isManifest = (target: string, home: string): boolean => target === `packages/${home}/package.json`

function objectToRoom(path: string, target: string): string | undefined {
  const [from, to] = [roomOf(path), roomOf(target)]
  if (from === undefined || to === undefined || from === to) return undefined
  if (to === 'main') return 'nobody imports main'
  const allowed = rooms[from]
  if (allowed === undefined) return `the room ${from} is not in the table of rooms`
  if (isTest(path) || to === 'model' || allowed === 'all' || allowed.includes(to)) return undefined
  return `the room ${from} may not import the room ${to}`
}

function objectToModule(path: string, { specifier, kind }: Import): string | undefined {
  const home = packageOf(path)
  if (home === undefined || isTest(path)) return undefined
  if (specifier.startsWith('node:')) return objectToNode(path, home, specifier, kind)
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  if (packageDependencies[home]?.includes(name) === true) return undefined
  return `the package ${home} may not import ${specifier}`
}

function objectToNode(
  path: string,
  home: string,
  specifier: string,
  kind: Import['kind'],
): string | undefined {
  if (home === 'dicom') return `the package dicom runs anywhere: no ${specifier}`
  const privilege = privileges.find(({ modules }) => modules.includes(specifier))
  if (privilege === undefined || kind === 'type') return undefined
  if (Object.keys(privilege.allowed).some((folder) => path.startsWith(folder))) return undefined
  return `${specifier} is for ${Object.keys(privilege.allowed).join(', ')} alone`
}
