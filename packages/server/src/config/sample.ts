import type { Option } from './option.ts'
import { optionGroups } from './options.ts'

const groups: Readonly<Record<string, Readonly<Record<string, Option<unknown>>>>> = optionGroups

/** A configuration file that says what is true without it. Options that are absent by default are commented out. */
export function sampleConfig(): string {
  const blocks = Object.entries(groups).map(([title, rows]) => {
    const lines = Object.entries(rows).flatMap(([key, option]) => describe(key, option))
    return [`  // ---- ${title} ----`, '', ...lines].join('\n')
  })
  return `{\n${blocks.join('\n\n')}\n}`
}

function describe(key: string, { doc, default: byDefault, status }: Option<unknown>): readonly string[] {
  const remark = status === 'planned' ? ' (Not in effect yet.)' : ''
  const line = byDefault === undefined ? `// "${key}": …,` : `"${key}": ${JSON.stringify(byDefault)},`
  return [`  // ${doc}${remark}`, `  ${line}`]
}
