import type { StoragePair } from '@kingsfoil/dimse'
import { type JobType, jobType, type StepContext, type StepOutcome } from '../jobs/job-type.ts'
import { DomainError } from '../model/domain-error.ts'
import type { NewExport } from '../model/export.ts'
import type { Job } from '../model/job.ts'
import type { JsonObject } from '../model/json-value.ts'
import type { Modalities } from '../remotes/modalities.ts'
import type { ModalitySender } from '../remotes/modality-sender.ts'
import type { Resources } from '../resources/resources.ts'
import { identify } from './identify.ts'
import { parseStoreParameters, type StoreParameters } from './store-parameters.ts'
import { planStore, type StoreStep } from './store-plan.ts'
import { storedInstance } from './stored-instance.ts'

export interface DicomModalityStoreDependencies {
  readonly modalities: Pick<Modalities, 'destination'>
  readonly sender: Pick<ModalitySender, 'send' | 'expect'>
  readonly resources: Pick<Resources, 'get' | 'descendants' | 'firstInstance' | 'file' | 'header'>
  /** Notes what was sent to whom; undefined: nobody wants to know. */
  readonly recordExport: ((sent: Omit<NewExport, 'date'>) => Promise<void>) | undefined
}

/** What is kept with the job beside its plan. */
interface StoreFacts {
  readonly pairs: readonly (readonly [sopClassUid: string, transferSyntaxUid: string])[]
  /** Positions of the resources that are in the log of exports; instances are not listed, each has its own step. */
  readonly exported: readonly number[]
}

/** C-STORE of resources to a modality, one instance a step. */
export const dicomModalityStore = (dependencies: DicomModalityStoreDependencies): JobType =>
  jobType<StoreParameters, StoreStep>({
    name: 'DicomModalityStore',
    retry: { times: 3, first: 1000, longest: 30_000 },
    parse: parseStoreParameters,
    plan: async ({ remote, changes, resources }) => {
      const { modalities, sender } = dependencies
      const destination = modalities.destination(remote, changes)
      const widen = (pairs: readonly StoragePair[]) => sender.expect(destination, pairs)
      const { steps, pairs } = await planStore(resources, dependencies.resources, widen)
      return { steps, facts: toFacts({ pairs: pairs.map(toTuple), exported: [] }) }
    },
    run: (step, context) => sendOne(step, context, dependencies),
    describe: describeStore,
  })

async function sendOne(
  step: StoreStep,
  { parameters, facts, signal, progress, report }: StepContext<StoreParameters>,
  dependencies: DicomModalityStoreDependencies,
): Promise<StepOutcome | undefined> {
  const { modalities, sender, resources } = dependencies
  const { remote, changes, moveOriginator, retries } = parameters
  const destination = modalities.destination(remote, changes)
  const known = readFacts(facts)
  sender.expect(destination, known.pairs.map(toPair))
  const source = await storedInstance(step.instance, resources)
  const onProgress = (bytes: number): void => progress(Math.min(1, bytes / source.size))
  try {
    await sender.send(destination, source, { moveOriginator, signal, onProgress })
  } catch (error) {
    throw retries ? error : withoutHope(error)
  }
  report(step.instance)
  return logExport(step, parameters, known, dependencies)
}

/** A client that waits is told at once. */
function withoutHope(error: unknown): unknown {
  if (!(error instanceof DomainError) || error.passing === undefined) return error
  const { code, details, payload, cause } = error
  return new DomainError(code, details, { cause, ...(payload && { payload }) })
}

/** A resource is in the log as soon as one of its instances has been sent. */
async function logExport(
  step: StoreStep,
  { remote, resources }: StoreParameters,
  known: StoreFacts,
  { recordExport, resources: room }: DicomModalityStoreDependencies,
): Promise<StepOutcome | undefined> {
  const resource = resources[step.resource]
  const isKnown = known.exported.includes(step.resource)
  if (recordExport === undefined || resource === undefined || isKnown) return undefined
  const { level, id } = resource
  await recordExport({ level, resourceId: id, remote, identifiers: await identify(level, id, room) })
  if (level === 'Instance') return undefined
  return { facts: toFacts({ ...known, exported: [...known.exported, step.resource] }) }
}

function describeStore(parameters: StoreParameters, { steps, failedSteps }: Job): JsonObject {
  const { description, localAet, remoteAet, moveOriginator, resources } = parameters
  return {
    Description: description,
    InstancesCount: steps,
    FailedInstancesCount: failedSteps,
    LocalAet: localAet,
    RemoteAet: remoteAet,
    ...(moveOriginator && {
      MoveOriginatorAET: moveOriginator.aeTitle,
      MoveOriginatorID: moveOriginator.messageId,
    }),
    ParentResources: resources.map(({ id }) => id),
    Resources: resources.map(({ level, id }) => ({ ID: id, Type: level })),
  }
}

const toFacts = ({ pairs, exported }: StoreFacts): JsonObject => ({ pairs, exported })

/** They were written by `toFacts`. */
const readFacts = (facts: JsonObject): StoreFacts => ({ pairs: [], exported: [], ...facts }) as StoreFacts

const toTuple = ({ sopClassUid, transferSyntaxUid }: StoragePair) => [sopClassUid, transferSyntaxUid] as const

const toPair = ([sopClassUid, transferSyntaxUid]: readonly [string, string]): StoragePair => ({
  sopClassUid,
  transferSyntaxUid,
})
