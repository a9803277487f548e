import type { Option, OptionStatus } from '../../packages/server/src/config/option.ts'
import { optionGroups } from '../../packages/server/src/config/options.ts'
import { cell, table } from './markdown.ts'

const marks: Readonly<Record<OptionStatus, string>> = {
  effective: 'yes',
  planned: 'not yet',
  inapplicable: 'n/a',
}

const introduction = `# Configuration

A configuration file is JSON with comments and has the keys of Orthanc's, so that an existing \`orthanc.json\` works as
it is. \`kingsfoil serve\` takes any number of files, and folders, which stand for the \`*.json\` files right inside
them. The same key in two files is an error. Without any file everything has its default.

- Before the text is read, \`\${NAME}\` is replaced by the environment variable of that name, and \`\${NAME:-text}\` by
  \`text\` when there is none.
- A relative path is relative to the folder of the file that it stands in; a default, to the folder of the first file.
- An environment variable \`KINGSFOIL__HTTP_PORT=8043\` wins over \`"HttpPort"\` in a file: underscores and case do not
  matter, and the value is JSON or else a string. \`ORTHANC__HTTP_PORT\` is understood, too.
- A value of the wrong type keeps the server from starting. A key that nobody knows is logged with the key that was
  probably meant.

The last column says whether an option is in effect. Options marked "not yet" are checked, and logged when they are set
to something else than their default. Options marked "n/a" tune parts of Orthanc that have no counterpart here; they
are accepted silently.
`

export function configurationReference(): string {
  const groups: Readonly<Record<string, Readonly<Record<string, Option<unknown>>>>> = optionGroups
  const sections = Object.entries(groups).map(([title, rows]) => {
    const lines = Object.entries(rows).map(([key, option]) => [
      `\`${key}\``,
      cell(option.type.expected),
      option.default === undefined ? 'absent' : `\`${cell(JSON.stringify(option.default))}\``,
      cell(option.doc),
      marks[option.status],
    ])
    return `## ${title}\n\n${table(['Key', 'Value', 'Default', 'Meaning', 'In effect'], lines)}`
  })
  return [introduction, ...sections].join('\n')
}
