/**
 * How fast headers are read, up to Pixel Data, from a file in memory.
 *   node benchmarks/dicom-read.ts [file.dcm …]     default: a synthetic CT slice of 526 kB
 */
import { readFileSync } from 'node:fs'
import { buildDataSet, encodeDataSet, encodeFileMeta, type NewElement, Part10Reader } from '@kingsfoil/dicom'

const rounds = 5
const roundMilliseconds = 1000
const explicitVrLittleEndian = '1.2.840.10008.1.2.1'

/** About as many elements as scanners write: 85, and 512 × 512 pixels of 16 bits. */
function syntheticSlice(): Uint8Array {
  const texts = Array.from(
    { length: 76 },
    (_, index): NewElement => [0x00180010 + index * 2, 'LO', `Value ${index}`],
  )
  const dataSet = buildDataSet({ explicitVr: true, littleEndian: true }, [
    [0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
    [0x00080018, 'UI', '1.2.3.4'],
    [0x00081140, 'SQ', [[[0x00081155, 'UI', '1.2.3']], [[0x00081155, 'UI', '1.2.4']]]],
    [0x00100010, 'PN', 'Doe^Jane'],
    ...texts,
    [0x00280010, 'US', 512],
    [0x00280011, 'US', 512],
    [0x00280100, 'US', 16],
    [0x7fe00010, 'OW', new Uint8Array(512 * 512 * 2)],
  ])
  const meta = { sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.3.4' }
  const head = encodeFileMeta({ ...meta, transferSyntaxUid: explicitVrLittleEndian })
  return Buffer.concat([head, encodeDataSet(dataSet, dataSet.encoding)])
}

function readHeader(bytes: Uint8Array, pieceSize: number): void {
  const reader = new Part10Reader({ untilPixelData: true })
  for (let at = 0; at < bytes.length && !reader.done; at += pieceSize)
    reader.push(bytes.subarray(at, at + pieceSize))
  reader.end()
}

/** Files per second, the median of several rounds. */
function measure(bytes: Uint8Array, pieceSize: number): number {
  const rates = Array.from({ length: rounds }, () => {
    const start = performance.now()
    let count = 0
    for (; performance.now() - start < roundMilliseconds; count += 100) {
      for (let file = 0; file < 100; file++) readHeader(bytes, pieceSize)
    }
    return (count / (performance.now() - start)) * 1000
  })
  return rates.toSorted((one, other) => one - other)[rounds >>> 1] ?? 0
}

const paths = process.argv.slice(2)
const files =
  paths.length === 0
    ? [['synthetic CT slice', syntheticSlice()] as const]
    : paths.map((path) => [path, readFileSync(path)] as const)
for (const [name, bytes] of files) {
  for (const pieceSize of [bytes.length, 65536, 512]) {
    const rate = Math.round(measure(bytes, pieceSize)).toLocaleString('en')
    console.log(`${name} (${bytes.length} bytes) in pieces of ${pieceSize}: ${rate} files/s`)
  }
}
