import type { Problem } from './problem.ts'
import { isGenerated, isTest, type SourceFile } from './source-file.ts'

interface Measure {
  readonly name: string
  readonly cap: number
  readonly values: readonly { readonly place: string; readonly value: number }[]
}

/** Files that may be larger, with the reason. */
export type SizeExceptions = Readonly<Record<string, string>>

function measure(files: readonly SourceFile[]): readonly Measure[] {
  const code = files.filter(({ path }) => !isTest(path) && !isGenerated(path))
  const tests = files.filter(({ path }) => isTest(path))
  const folders = [...new Set(code.map(({ path }) => path.split('/').slice(0, -1).join('/')))]
  return [
    {
      name: 'code lines per file',
      cap: 400,
      values: code.map((file) => ({ place: file.path, value: file.codeLines })),
    },
    {
      name: 'code lines per test',
      cap: 400,
      values: tests.map((file) => ({ place: file.path, value: file.codeLines })),
    },
    {
      name: 'lines per function',
      cap: 80,
      values: code.flatMap((file) =>
        file.functions.map(({ name, line, lines }) => ({
          place: `${file.path}:${line} ${name}`,
          value: lines,
        })),
      ),
    },
    {
      name: 'exports per file',
      cap: 15,
      values: code
        .filter(({ path }) => !path.endsWith('/index.ts'))
        .map((file) => ({ place: file.path, value: file.exports })),
    },
    { name: 'folders under src', cap: 3, values: folders.map((place) => ({ place, value: depthOf(place) })) },
  ]
}

const depthOf = (folder: string): number => {
  const parts = folder.split('/')
  return parts.includes('src') ? parts.length - parts.indexOf('src') - 1 : parts.length - 1
}

export function checkSizes(files: readonly SourceFile[], exceptions: SizeExceptions): readonly Problem[] {
  return measure(files).flatMap(({ name, cap, values }) =>
    values
      .filter(({ place, value }) => value > cap && exceptions[place.split(':')[0] ?? ''] === undefined)
      .map(({ place, value }) => ({ place, message: `${value} ${name}, the cap is ${cap}` })),
  )
}

export function formatSizes(files: readonly SourceFile[]): string {
  const rows = measure(files).map(({ name, cap, values }) => {
    const sorted = values.toSorted((a, b) => a.value - b.value)
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]
    const figures = [at(0.5)?.value, at(0.95)?.value, at(1)?.value, cap]
    return `${name.padEnd(20)}${figures.map((figure) => String(figure ?? '-').padStart(8)).join('')}  ${at(1)?.place ?? ''}`
  })
  return [`${''.padEnd(20)}  median     p95     max     cap  largest`, ...rows].join('\n')
}
