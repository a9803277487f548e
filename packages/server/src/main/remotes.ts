import type { Dictionary } from '@kingsfoil/dicom'
import type { Config } from '../config/options.ts'
import { parseModality } from '../config/parse-modality.ts'
import { DomainError } from '../model/domain-error.ts'
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
