import { DomainError } from '../model/domain-error.ts'
import { limits } from '../model/limits.ts'
import type { Constraint } from './constraint.ts'
import type { Matcher } from './matching/matcher.ts'
import type { Search } from './search.ts'

/** Errors: `BadRequest` for a search that asks for more at a time than anybody needs to. */
export function checkLimits({ constraints, metadata, labels, order }: Search): void {
  const matchers = [...constraints.flatMap(flatten), ...metadata.map(({ matcher }) => matcher)]
  const values = matchers.filter((each) => each.kind === 'values')
  const count = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)
  const named = labels?.labels.length ?? 0
  check(matchers.length + named + order.length, limits.queryTerms, 'constraints')
  check(count(values.map(({ exact }) => exact.length)), limits.queryValues, 'values')
  check(count(values.map(({ patterns }) => patterns.length)), limits.queryWildcards, 'values with wildcards')
}

function check(found: number, allowed: number, what: string): void {
  if (found > allowed)
    throw new DomainError('BadRequest', `The search has ${found} ${what}; ${allowed} are allowed`)
}

const flatten = ({ matcher }: Constraint): readonly Matcher[] =>
  matcher.kind === 'sequence' ? matcher.constraints.flatMap(flatten) : [matcher]
