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
  for (const context of association.contexts.values()) {
    const isAllowed = association.isRequestor ? context.requestorIsScu : context.requestorIsScp
    const fits =
      context.abstractSyntax === abstractSyntax && transferSyntaxes.includes(context.transferSyntax)
    if (fits && isAllowed) return context
  }
  throw new AssociationError(
    `no presentation context for ${abstractSyntax} in ${transferSyntaxes.join(' or ')} was accepted`,
  )
}
