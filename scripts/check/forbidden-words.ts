import type { Problem } from './problem.ts'

interface Rule {
  readonly pattern: RegExp
  readonly message: string
}

/** Things that are true on one machine only. */
const rules: readonly Rule[] = [
  {
    // Not part of a longer path or URL.
    pattern: /(?<![\w.~-])\/(?:work|root|home\/\w+|Users\/\w+)\//,
    message: 'a path of one machine',
  },
  { pattern: /https?:\/\/registry\.[\w.-]+/, message: 'the host of a registry' },
]

export interface TextFile {
  readonly path: string
  readonly text: string
}

export function checkWords(files: readonly TextFile[]): readonly Problem[] {
  return files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        rules
          .filter(({ pattern }) => pattern.test(line))
          .map(({ message }) => ({ place: `${path}:${index + 1}`, message })),
      ),
  )
}
