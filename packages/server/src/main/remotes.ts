import type { Dictionary } from '@kingsfoil/dicom'
import { modality } from '../config/modality.ts'
import type { Config } from '../config/options.ts'
import { Mismatch } from '../config/value-type.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Modality } from '../model/modality.ts'
import { Modalities } from '../remotes/modalities.ts'
import { ModalitySender } from '../remotes/modality-sender.ts'
import { dicomClientTls } from './tls-options.ts'

export interface Remotes {
  readonly modalities: Modalities
  readonly sender: ModalitySender
}

/** The remote applications, and what sends to them. Nothing is opened before it is needed. */
export function createRemotes(config: Config, dictionary: Dictionary): Remotes {
  return {
    modalities: new Modalities(config.DicomModalities, {
      parse: parseModality,
      aeTitle: config.DicomAet,
      timeout: config.DicomScuTimeout,
      transcode: config.TranscodeDicomProtocol,
    }),
    sender: new ModalitySender({
      maxPduLength: config.MaximumPduLength,
      tls: () => clientTls(config),
      closeDelay: config.DicomAssociationCloseDelay,
      dictionary,
    }),
  }
}

/** Errors: `NetworkProtocol`: whoever calls a modality cannot do anything about files of the server. */
async function clientTls(config: Config): ReturnType<typeof dicomClientTls> {
  try {
    return await dicomClientTls(config)
  } catch (cause) {
    if (!(cause instanceof DomainError)) throw cause
    throw new DomainError('NetworkProtocol', `DICOM over TLS is not possible: ${cause.message}`, { cause })
  }
}

/** Values that are of the right type, and yet not possible. */
const ranges: ReadonlySet<string | undefined> = new Set(['Port', 'Manufacturer', 'RetrieveMethod'])

/** What a client says of a modality. Errors: `ParameterOutOfRange`, `BadFileFormat`. */
export function parseModality(value: unknown): Modality {
  try {
    return modality.read(value, '')
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error
    const code = ranges.has(error.at[0]) ? 'ParameterOutOfRange' : 'BadFileFormat'
    throw new DomainError(code, [...error.at, error.message].join(': '), { cause: error })
  }
}
