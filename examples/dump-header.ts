/** Prints the elements of a DICOM file up to Pixel Data. Usage: dump-header.ts FILE */
import { createReadStream } from 'node:fs'
import { formatTag, readPart10, standardDictionary, textOf } from '@kingsfoil/dicom'

const [path] = process.argv.slice(2)
if (path === undefined) throw new Error('Which file?')

const file = await readPart10(createReadStream(path), { untilPixelData: true })
for (const { tag, vr } of file.dataSet) {
  const name = standardDictionary.lookup(tag)?.name ?? '?'
  console.log(`(${formatTag(tag)}) ${vr} ${name}: ${textOf(file.dataSet, tag) ?? ''}`)
}
for (const warning of file.warnings) console.log(`warning: ${warning.message}`)
