import type { Config } from '../config/options.ts'
import type { AcceptanceOptions } from '../dimse/acceptance.ts'
import { acceptedSyntaxes, type SyntaxGroup } from '../dimse/accepted-syntaxes.ts'
import type { DicomServerOptions } from '../dimse/dicom-server.ts'
import type { DicomRequest } from '../dimse/permissions.ts'

const groupSwitches = {
  deflated: 'DeflatedTransferSyntaxAccepted',
  jpeg: 'JpegTransferSyntaxAccepted',
  jpegLs: 'JpegLosslessTransferSyntaxAccepted',
  jpeg2000: 'Jpeg2000TransferSyntaxAccepted',
  jpip: 'JpipTransferSyntaxAccepted',
  mpeg2: 'Mpeg2TransferSyntaxAccepted',
  mpeg4: 'Mpeg4TransferSyntaxAccepted',
  hevc: 'H265TransferSyntaxAccepted',
  rle: 'RleTransferSyntaxAccepted',
} as const satisfies Readonly<Record<SyntaxGroup, keyof Config>>

const alwaysAllowKeys = {
  Echo: 'DicomAlwaysAllowEcho',
  Store: 'DicomAlwaysAllowStore',
  Find: 'DicomAlwaysAllowFind',
  FindWorklist: 'DicomAlwaysAllowFindWorklist',
  Get: 'DicomAlwaysAllowGet',
  Move: 'DicomAlwaysAllowMove',
} as const satisfies Partial<Readonly<Record<DicomRequest, keyof Config>>>

const keysOf = <T extends object>(object: T): (keyof T)[] => Object.keys(object) as (keyof T)[]

/** What the DICOM server takes from the configuration. */
export function dicomOptions(
  config: Config,
): Omit<DicomServerOptions, 'ingest' | 'answers' | 'log' | 'tls' | 'acceptance'> {
  return {
    bindAddress: config.DicomBindAddress,
    port: config.DicomPort,
    maxPduLength: config.MaximumPduLength,
    maxAssociations: config.DicomThreadsCount,
    idleTimeout: config.DicomScpTimeout,
  }
}

/** Who may do what, as the configuration has it. */
export function acceptanceOptions(config: Config): Omit<AcceptanceOptions, 'modalities'> {
  return {
    aeTitle: config.DicomAet,
    checkCalledAeTitle: config.DicomCheckCalledAet,
    strictAeTitles: config.StrictAetComparison,
    alwaysAllowed: new Set(keysOf(alwaysAllowKeys).filter((request) => config[alwaysAllowKeys[request]])),
    checkModalityHost: config.DicomCheckModalityHost,
    storageSyntaxes: acceptedSyntaxes({
      patterns: config.AcceptedTransferSyntaxes,
      refusedGroups: new Set(keysOf(groupSwitches).filter((group) => !config[groupSwitches[group]])),
    }),
    acceptedSopClasses: config.ReadOnly ? [] : config.AcceptedSopClasses,
    rejectedSopClasses: config.RejectedSopClasses,
    acceptUnknownSopClasses: config.UnknownSopClassAccepted && !config.ReadOnly,
  }
}
