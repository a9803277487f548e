import { transferSyntax } from '../transfer-syntax/transfer-syntax.ts'
import { storageSopClassLines } from './generated/sop-classes.ts'
import { otherUids, retiredStorageSopClasses } from './well-known-uids.ts'

export interface SopClass {
  readonly uid: string
  readonly name: string
}

const readLines = (text: string): readonly SopClass[] =>
  text.split('\n').map((line) => {
    const bar = line.indexOf('|')
    return { uid: line.slice(0, bar), name: line.slice(bar + 1) }
  })

/** Storage SOP classes (PS3.4 Table B.5-1, GG.3-1), current and then retired. */
export const storageSopClasses: readonly SopClass[] = [
  ...readLines(storageSopClassLines),
  ...readLines(retiredStorageSopClasses),
]

const storageUids: ReadonlySet<string> = new Set(storageSopClasses.map(({ uid }) => uid))

const names: ReadonlyMap<string, string> = new Map(
  [...storageSopClasses, ...readLines(otherUids)].map(({ uid, name }) => [uid, name]),
)

export const isStorageSopClass = (uid: string): boolean => storageUids.has(uid)

/** The name that PS3.6 Annex A gives a UID. */
export const uidName = (uid: string): string | undefined => names.get(uid) ?? transferSyntax(uid)?.name
