import { DomainError } from '../model/domain-error.ts'
import { limits } from '../model/limits.ts'

/** How much one search may do. */
export interface FindBudget {
  /** Rows that an index may give for them to be looked at one by one, rather than found while walking in order. */
  readonly candidates: number
  /** Rows that an index may give for a walk to look at nothing but them and what is below them. */
  readonly members: number
  readonly rows: number
  readonly files: number
}

export const usualBudget: FindBudget = {
  candidates: 3000,
  members: 10_000,
  rows: limits.searchedRows,
  files: limits.searchedFiles,
}

export const tooBroad = (rows: number): DomainError =>
  new DomainError('BadRequest', `The search would have to look at more than ${rows} resources`)
