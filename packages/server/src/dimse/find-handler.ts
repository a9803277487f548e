import { textOf } from '@kingsfoil/dicom'
import { type Answer, type FindHandler, type FindMatch, statuses } from '@kingsfoil/dimse'
import type { FindAnswers } from '../find/find-answers.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Level } from '../model/level.ts'
import type { DicomLog } from './store-handler.ts'

const queryRetrieveLevel = 0x00080052

/** Values of Query/Retrieve Level (PS3.4 C.6). */
const levels: ReadonlyMap<string, Level> = new Map([
  ['PATIENT', 'Patient'],
  ['STUDY', 'Study'],
  ['SERIES', 'Series'],
  ['IMAGE', 'Instance'],
])

/** C-FIND as SCP, of both information models: all four levels are answered in either (PS3.4 C.4.1). */
export function createFindHandler(answers: Pick<FindAnswers, 'answers'>, log: DicomLog): FindHandler {
  return async function* handle({ association, identifier }): AsyncGenerator<FindMatch, Answer, undefined> {
    const name = textOf(identifier, queryRetrieveLevel)?.trim() ?? ''
    const level = levels.get(name.toUpperCase())
    if (level === undefined) return refusal(`Query/Retrieve Level is ${name === '' ? 'missing' : 'unknown'}`)
    const { callingAeTitle, remoteAddress } = association
    log.debug({ callingAeTitle, remoteAddress, level }, 'C-FIND')
    try {
      const found = answers.answers(level, identifier)
      for (;;) {
        const { done, value } = await found.next()
        if (done === true) return value.isComplete ? statuses.success : statuses.cancel
        yield { status: statuses.pending, identifier: value }
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      log.warn({ callingAeTitle, code: error.code }, 'A C-FIND was refused')
      return refusal(error.details ?? error.message)
    }
  }
}

/** What is wrong is in the request (PS3.4 Table C.4-1: unable to process). */
const refusal = (errorComment: string): Answer => ({ status: statuses.cannotUnderstand, errorComment })
