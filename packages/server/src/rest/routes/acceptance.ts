import { transferSyntax, uidName } from '@kingsfoil/dicom'
import { DomainError } from '../../model/domain-error.ts'
import { parseBooleanText } from '../arguments.ts'
import { done, json, text } from '../reply.ts'
import { producesJson, producesText, type Route, route } from '../route.ts'
import type { AcceptanceRoom, RouteContext } from '../route-context.ts'

const pattern = /^[0-9.*?]{1,64}$/

/** A list in JSON, or one UID, with wildcards. Errors: `BadFileFormat`, `ParameterOutOfRange`. */
function parsePatterns(body: string): readonly string[] {
  const patterns: unknown = body.trim().startsWith('[') ? parseJson(body) : [body.trim()]
  if (!Array.isArray(patterns) || !patterns.every((each) => typeof each === 'string')) {
    throw new DomainError('BadFileFormat', 'A list of transfer syntaxes is expected')
  }
  const wrong = patterns.find((each) => !pattern.test(each))
  if (wrong !== undefined) throw new DomainError('ParameterOutOfRange', 'A transfer syntax is a UID')
  return patterns
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new DomainError('BadFileFormat', undefined, { cause })
  }
}

/** What the DICOM server accepts; changes are for the life of the process. */
export const acceptanceRoutes = ({ acceptance }: RouteContext): readonly Route[] => [
  route({
    method: 'GET',
    path: '/tools/accepted-transfer-syntaxes',
    summary: 'The transfer syntaxes in which C-STORE is accepted',
    ...producesJson,
    handle: () => json(acceptance.transferSyntaxes.toSorted()),
  }),
  route({
    method: 'PUT',
    path: '/tools/accepted-transfer-syntaxes',
    summary: 'Sets them: a list in JSON or one, with wildcards',
    accepts: ['application/json', 'text/plain'],
    ...producesJson,
    handle: async ({ body }) => {
      acceptance.acceptTransferSyntaxes(parsePatterns(await body.readText()))
      return json(acceptance.transferSyntaxes.toSorted())
    },
  }),
  route({
    method: 'GET',
    path: '/tools/accepted-sop-classes',
    summary: 'The storage SOP classes that are accepted',
    ...producesJson,
    handle: () => json(acceptance.sopClasses.toSorted()),
  }),
  route({
    method: 'GET',
    path: '/tools/unknown-sop-class-accepted',
    summary: 'Whether SOP classes are accepted that PS3.6 does not know: 0 or 1',
    ...producesText,
    handle: () => text(acceptance.acceptsUnknownSopClasses ? '1' : '0'),
  }),
  route({
    method: 'PUT',
    path: '/tools/unknown-sop-class-accepted',
    summary: 'Accepts SOP classes that PS3.6 does not know (1), or no longer (0)',
    accepts: ['text/plain'],
    handle: async ({ body }) => {
      acceptance.acceptUnknownSopClasses(parseBooleanText(await body.readText()))
      return done
    },
  }),
  route({
    method: 'GET',
    path: '/tools/dicom-conformance',
    summary: 'What the DICOM server supports, as text (PS3.2)',
    ...producesText,
    handle: () => text(describeConformance(acceptance)),
  }),
]

function describeConformance({ services, transferSyntaxes }: AcceptanceRoom): string {
  const list = (title: string, uids: readonly string[], nameOf: (uid: string) => string) =>
    [
      title,
      '-'.repeat(title.length),
      ...uids.map((uid) => `  ${uid.padEnd(36)} ${nameOf(uid)}`.trimEnd()),
      '',
    ].join('\n')
  return [
    'DICOM Conformance Statement\n===========================\n',
    ...services.map(({ name, sopClasses }) =>
      list(`SOP classes of ${name} as SCP`, sopClasses, (uid) => uidName(uid) ?? ''),
    ),
    list('Transfer syntaxes of C-STORE as SCP', transferSyntaxes, (uid) => transferSyntax(uid)?.name ?? ''),
  ].join('\n')
}
