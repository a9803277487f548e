import { buildDataSet, explicitVrLittleEndian, implicitVrLittleEndian, newUid } from '@kingsfoil/dicom'
import { type Association, findSopClasses, verificationSopClassUid } from '@kingsfoil/dimse'
import type { Destination } from './destination.ts'
import { openAssociation, type ScuOptions } from './open-association.ts'
import { remoteError, statusError } from './remote-error.ts'

export interface VerifyOptions {
  /** Tries C-FIND, too: for a study that nobody has. */
  readonly checkFind: boolean
  readonly signal?: AbortSignal
}

const plainSyntaxes = [explicitVrLittleEndian, implicitVrLittleEndian]

/** C-ECHO. Errors: `NetworkProtocol`, the reason of the signal, those of TLS. */
export async function verify(
  destination: Destination,
  { checkFind, signal }: VerifyOptions,
  scu: ScuOptions,
): Promise<void> {
  const sopClasses = [verificationSopClassUid, ...(checkFind ? [findSopClasses.studyRoot] : [])]
  const contexts = sopClasses.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: plainSyntaxes }))
  try {
    const association = await openAssociation(destination, contexts, scu, signal)
    const abort = (): void => void association.abort()
    signal?.addEventListener('abort', abort)
    try {
      const status = await association.echo()
      if (status !== 0) throw statusError('C-ECHO', { status, errorComment: undefined }, destination)
      if (checkFind) await findNothing(association)
      await association.release()
    } finally {
      signal?.removeEventListener('abort', abort)
      await association.abort()
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw remoteError(error, destination)
  }
}

async function findNothing(association: Association): Promise<void> {
  const identifier = buildDataSet({ explicitVr: true, littleEndian: true }, [
    [0x00080052, 'CS', 'STUDY'],
    [0x0020000d, 'UI', newUid()],
  ])
  const matches = association.find(identifier, { sopClassUid: findSopClasses.studyRoot })
  for await (const _ of matches) return
}
