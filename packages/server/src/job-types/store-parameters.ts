import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { DomainError } from '../model/domain-error.ts'
import type { JsonValue } from '../model/json-value.ts'
import { levels } from '../model/level.ts'

const schema = Type.Object({
  description: Type.String(),
  /** Symbolic name of the modality: where that is, is looked up for each step. */
  remote: Type.String(),
  /** AE titles of both sides as they were at the submission, to be shown. */
  localAet: Type.String(),
  remoteAet: Type.String(),
  /** What was said instead of the modality's own data. */
  changes: Type.Object({
    host: Type.Optional(Type.String()),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    calledAeTitle: Type.Optional(Type.String()),
    callingAeTitle: Type.Optional(Type.String()),
    timeout: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
  resources: Type.Array(
    Type.Object({ level: Type.Enum(levels as unknown as [...typeof levels]), id: Type.String() }),
  ),
  moveOriginator: Type.Optional(
    Type.Object({
      aeTitle: Type.String(),
      messageId: Type.Integer({ minimum: 0, maximum: 65_535 }),
    }),
  ),
  /** Whether errors that pass are worth waiting for: not to a client that waits for the end. */
  retries: Type.Boolean(),
})

/** Parameters of `DicomModalityStore`. */
export type StoreParameters = Static<typeof schema>

/** Errors: `BadParameterType`. */
export function parseStoreParameters(stored: JsonValue): StoreParameters {
  if (Value.Check(schema, stored)) return stored
  throw new DomainError('BadParameterType', 'These are no parameters of DicomModalityStore')
}
