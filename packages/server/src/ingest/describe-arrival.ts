import { formatDate } from '../model/clock.ts'
import type { Level } from '../model/level.ts'
import { type Metadata, systemMetadata } from '../model/metadata.ts'
import type { Origin } from '../model/origin.ts'
import type { Summary } from './summarize.ts'

/** The value representation that Pixel Data has when nothing is said. */
const defaultPixelDataVr = 'OW'

/** The metadata with which an instance, and those of its ancestors that are new, enter the catalog. */
export function describeArrival(
  summary: Summary,
  origin: Origin,
  time: number,
): Readonly<Record<Level, Metadata>> {
  const signature = (level: Level): Metadata => ({
    [systemMetadata.MainDicomTagsSignature]: summary.signatures[level],
  })
  return {
    Patient: signature('Patient'),
    Study: signature('Study'),
    Series: {
      ...signature('Series'),
      ...remoteAet(origin),
      ...present('ExpectedNumberOfInstances', summary.expectedInstances),
    },
    Instance: {
      ...signature('Instance'),
      ...remoteAet(origin),
      ...describeOrigin(origin),
      ...describeFile(summary),
      [systemMetadata.ReceptionDate]: formatDate(time),
    },
  }
}

const present = (name: keyof typeof systemMetadata, value: string | number | undefined): Metadata =>
  value === undefined ? {} : { [systemMetadata[name]]: String(value) }

const remoteAet = (origin: Origin): Metadata => ({ [systemMetadata.RemoteAET]: origin.remoteAet ?? '' })

function describeOrigin(origin: Origin): Metadata {
  return {
    [systemMetadata.Origin]: origin.kind,
    ...present('RemoteIP', origin.remoteIp),
    ...present('CalledAET', origin.calledAet),
    ...present('HttpUsername', origin.kind === 'RestApi' ? (origin.username ?? '') : undefined),
  }
}

function describeFile(summary: Summary): Metadata {
  const { pixelData } = summary
  return {
    [systemMetadata.TransferSyntax]: summary.transferSyntaxUid,
    ...present('SopClassUid', summary.sopClassUid === '' ? undefined : summary.sopClassUid),
    ...present('IndexInSeries', summary.indexInSeries),
    ...present('PixelDataOffset', pixelData?.offset),
    ...present('PixelDataVR', pixelData?.vr === defaultPixelDataVr ? undefined : pixelData?.vr),
  }
}
