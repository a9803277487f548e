import { errors } from '../../packages/server/src/model/errors.ts'
import { cell, table } from './markdown.ts'

const introduction = `# Errors

Every error that a client can meet. Over HTTP it has a status, and a JSON body with the number as \`OrthancStatus\` and
the message; over DICOM it has a DIMSE status; a command prints the number, and ends with it as exit code if it is
smaller than 256, else with 1.
`

const hex = (value: number): string => `0x${value.toString(16).toUpperCase().padStart(4, '0')}`

export function errorReference(): string {
  const rows = Object.entries(errors)
    .toSorted(([, a], [, b]) => a.status - b.status)
    .map(([name, { status, httpStatus, dimseStatus, message }]) => [
      String(status),
      `\`${name}\``,
      String(httpStatus),
      hex(dimseStatus),
      cell(message),
    ])
  return [introduction, table(['Number', 'Name', 'HTTP status', 'DIMSE status', 'Message'], rows)].join('\n')
}
