import type { AcceptedContext, AssociationInfo } from '../association/association-info.ts'
import { AssociationError } from '../dimse/dimse-error.ts'

/**
 * The first presentation context that was accepted for an abstract syntax, in one of the transfer syntaxes, and lets
 * this side be SCU. Throws AssociationError if there is none.
 */
export function contextFor(
  association: AssociationInfo,
  abstractSyntax: string,
  transferSyntaxes: readonly string[],
): AcceptedContext {
  for (const context of usableContexts(association, abstractSyntax)) {
    if (transferSyntaxes.includes(context.transferSyntax)) return context
  }
  throw new AssociationError(
    `no presentation context for ${abstractSyntax} in ${transferSyntaxes.join(' or ')} was accepted`,
  )
}

/** The transfer syntaxes that were accepted for an abstract syntax, with this side as SCU. */
export const acceptedTransferSyntaxes = (
  association: AssociationInfo,
  abstractSyntax: string,
): ReadonlySet<string> =>
  new Set(usableContexts(association, abstractSyntax).map(({ transferSyntax }) => transferSyntax))

function usableContexts(association: AssociationInfo, abstractSyntax: string): readonly AcceptedContext[] {
  const isUsable = (context: AcceptedContext): boolean =>
    context.abstractSyntax === abstractSyntax &&
    (association.isRequestor ? context.requestorIsScu : context.requestorIsScp)
  return [...association.contexts.values()].filter(isUsable)
}
