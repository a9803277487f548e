/**
 * Writes the committed files that derive from the published standard.
 *   node scripts/generate.ts            regenerate
 *   node scripts/generate.ts --check    fail if a committed file differs from what would be generated
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateAttributes } from './generate/attributes.ts'
import { InputChanged, openInputs } from './generate/inputs.ts'
import { generateSopClasses } from './generate/sop-classes.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const standard = join(root, '..', 'shared', 'standard')

/** Committed file, relative to the repository, and what its text is made from. */
const targets = [
  { output: 'packages/dicom/src/dictionary/generated/attributes.ts', generate: generateAttributes },
  { output: 'packages/dicom/src/dictionary/generated/sop-classes.ts', generate: generateSopClasses },
] as const

function run(check: boolean): number {
  if (!existsSync(standard)) {
    console.log(`generate: skipped, ${standard} is not here (the generated files are committed)`)
    return check ? 0 : 1
  }
  const inputs = openInputs(standard)
  let differing = 0
  for (const { output, generate } of targets) {
    const path = join(root, output)
    const text = generate(inputs)
    const committed = existsSync(path) ? readFileSync(path, 'utf8') : undefined
    if (committed === text) continue
    differing++
    console.log(check ? `generate: ${output} is not what its inputs give` : `generate: wrote ${output}`)
    if (!check) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
  }
  if (differing === 0) console.log(`generate: ${targets.length} files are up to date`)
  return check && differing > 0 ? 1 : 0
}

try {
  process.exitCode = run(process.argv.includes('--check'))
} catch (error) {
  if (!(error instanceof InputChanged)) throw error
  console.error(`generate: ${error.message}`)
  process.exitCode = 1
}
