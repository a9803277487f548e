import type { Level } from '../model/level.ts'
import { type Metadata, systemMetadata } from '../model/metadata.ts'
import type { Origin } from '../model/origin.ts'
import type { Summary } from './summarize.ts'

/** The value representation that Pixel Data has when nothing is said. */
const defaultPixelDataVr = 'OW'

/**
 * The metadata with which an instance, and those of its ancestors that are new, enter the catalog. Most are not new:
 * theirs is made when it is asked for.
 */
export class Arrival implements Readonly<Record<Level, Metadata>> {
  readonly Instance: Metadata
  readonly #summary: Summary
  readonly #origin: Origin

  constructor(summary: Summary, origin: Origin, date: string) {
    this.#summary = summary
    this.#origin = origin
    this.Instance = describeInstance(summary, origin, date)
  }

  get Patient(): Metadata {
    return collect([['MainDicomTagsSignature', this.#summary.signatures.Patient]])
  }

  get Study(): Metadata {
    return collect([['MainDicomTagsSignature', this.#summary.signatures.Study]])
  }

  get Series(): Metadata {
    return describeSeries(this.#summary, this.#origin)
  }
}

function describeSeries({ signatures, expectedInstances }: Summary, origin: Origin): Metadata {
  return collect([
    ['MainDicomTagsSignature', signatures.Series],
    ['RemoteAET', origin.remoteAet ?? ''],
    ['ExpectedNumberOfInstances', expectedInstances],
  ])
}

function describeInstance(summary: Summary, origin: Origin, date: string): Metadata {
  const { pixelData } = summary
  return collect([
    ['MainDicomTagsSignature', summary.signatures.Instance],
    ['RemoteAET', origin.remoteAet ?? ''],
    ['Origin', origin.kind],
    ['RemoteIP', origin.remoteIp],
    ['CalledAET', origin.calledAet],
    ['HttpUsername', origin.kind === 'RestApi' ? (origin.username ?? '') : undefined],
    ['TransferSyntax', summary.transferSyntaxUid],
    ['SopClassUid', summary.sopClassUid === '' ? undefined : summary.sopClassUid],
    ['IndexInSeries', summary.indexInSeries],
    ['PixelDataOffset', pixelData?.offset],
    ['PixelDataVR', pixelData?.vr === defaultPixelDataVr ? undefined : pixelData?.vr],
    ['ReceptionDate', date],
  ])
}

type Present = readonly [name: keyof typeof systemMetadata, value: string | number | undefined]

function collect(values: readonly Present[]): Metadata {
  const metadata: Record<number, string> = {}
  for (const [name, value] of values) {
    if (value !== undefined) metadata[systemMetadata[name]] = String(value)
  }
  return metadata
}
