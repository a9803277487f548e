import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { documents } from './reference/documents.ts'

/** Writes the documents that follow from the code. */
const root = join(import.meta.dirname, '..')

for (const [path, render] of Object.entries(documents)) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), render())
}
