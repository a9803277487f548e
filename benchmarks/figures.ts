/** One line of the results. */
export interface Figure {
  readonly title: string
  readonly unit: 'per s' | 'ms' | 'MB'
  /** Kingsfoil's median over Orthanc's: at least this when more is better, at most this when less is. */
  readonly ratio?: number
  /** Kingsfoil's own median at most this, in `unit`. */
  readonly atMost?: number
  /** Share of what a bare Node server reaches. */
  readonly ofBare?: number
}

export const figures = {
  upload1: { title: 'POST /instances, 1 client', unit: 'per s', ratio: 1.5 },
  upload8: { title: 'POST /instances, 8 clients', unit: 'per s', ratio: 1.8 },
  memory: { title: 'resident memory after that upload', unit: 'MB', ratio: 1.2 },
  tiny8: { title: 'POST /instances, 2×2 pixels, 8 clients', unit: 'per s', ratio: 2 },
  tiny8node: { title: 'POST /instances, 2×2 pixels, 8 clients, a client in Node', unit: 'per s' },
  upload1node: { title: "POST /instances, 1 client, Node's own", unit: 'per s' },
  upload8node: { title: "POST /instances, 8 clients, Node's own", unit: 'per s' },
  store1: { title: 'storescu, 1 association, TCP_NODELAY=1', unit: 'per s', ratio: 1.8 },
  store4: { title: 'storescu, 4 associations, TCP_NODELAY=1', unit: 'per s', ratio: 1.6 },
  nagle1: { title: 'storescu, 1 association, as Debian ships it', unit: 'per s' },
  nagle4: { title: 'storescu, 4 associations, as Debian ships it', unit: 'per s' },
  file8: { title: 'GET /instances/{id}/file, 8 clients', unit: 'per s', ratio: 1.2, ofBare: 0.85 },
  tags8: { title: 'GET /instances/{id}/simplified-tags, 8 clients', unit: 'per s', ratio: 2.5 },
  series8: { title: 'GET /series/{id}, 8 clients', unit: 'per s', ratio: 2 },
  file8node: { title: "GET /instances/{id}/file, 8 clients, Node's own", unit: 'per s' },
  tags8node: { title: "GET /instances/{id}/simplified-tags, 8 clients, Node's own", unit: 'per s' },
  series8node: { title: "GET /series/{id}, 8 clients, Node's own", unit: 'per s' },
  start: { title: 'start to first answer, 10,000 instances stored', unit: 'ms', atMost: 500 },
  findId: { title: 'find among 10,000 studies: by PatientID, expanded', unit: 'ms', ratio: 0.2 },
  findPrefix: { title: '… by the beginning of PatientName', unit: 'ms', ratio: 0.2 },
  findPart: { title: '… by a part of PatientName', unit: 'ms', ratio: 0.2 },
  findDates: { title: '… by a range of StudyDate', unit: 'ms', ratio: 0.2 },
  findExpand: { title: '… 100 studies, expanded', unit: 'ms', ratio: 0.2 },
  cfind: {
    title: 'C-FIND of one study by PatientID, whole findscu, TCP_NODELAY=1',
    unit: 'ms',
    ratio: 0.333,
  },
  cfindAssociation: {
    title: '… by an SCU that runs already, from association to release',
    unit: 'ms',
    ratio: 0.333,
  },
  findSeries: { title: '… 100 series by Modality and StudyDate, expanded', unit: 'ms', ratio: 0.2 },
  archive: { title: 'archive of a study of 100 slices, to the last byte', unit: 'ms', ratio: 0.333 },
  archiveFirst: { title: '… to the first byte', unit: 'ms', atMost: 20 },
  archiveSize: { title: '… its size', unit: 'MB', ratio: 1.05 },
  giantHttp: {
    title: 'largest resident memory, ten 1 GiB instances at once by HTTP',
    unit: 'MB',
    atMost: 300,
  },
  giantDicom: {
    title: 'largest resident memory, ten 1 GiB instances at once by C-STORE',
    unit: 'MB',
    atMost: 300,
  },
} as const satisfies Record<string, Figure>

export type FigureId = keyof typeof figures

export type Subject = 'orthanc' | 'kingsfoil' | 'bare'

/** Every value measured, in the order of the rounds. */
export class Measurements {
  readonly #values = new Map<string, number[]>()

  add(figure: FigureId, subject: Subject, value: number): void {
    const key = `${figure} ${subject}`
    const values = this.#values.get(key) ?? []
    this.#values.set(key, [...values, value])
    const { title, unit } = figures[figure]
    process.stderr.write(`  ${subject.padEnd(9)} ${value.toFixed(1).padStart(9)} ${unit}  ${title}\n`)
  }

  of(figure: FigureId, subject: Subject): readonly number[] {
    return this.#values.get(`${figure} ${subject}`) ?? []
  }
}

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}
