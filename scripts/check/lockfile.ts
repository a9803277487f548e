import type { Problem } from './problem.ts'

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>
}

/**
 * `npm ci` refuses a lockfile in which the optional packages of other platforms are missing; npm leaves them out
 * when the registry it asks does not have them.
 */
export function checkLockfile({ packages }: Lockfile): readonly Problem[] {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined &&
          packages[`${parent}/node_modules/${name}`] === undefined,
      )
      .map((name) => ({
        place: 'package-lock.json',
        message: `${name}, optional for ${parent}, is missing`,
      })),
  )
}
