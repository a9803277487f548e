import { DataSet, type Encoding } from '../data-set/data-set.ts'
import { type Element, undefinedLength } from '../data-set/element.ts'
import { DicomError } from '../errors.ts'
import type { ReadLimits } from '../limits.ts'
import type { DataSetFrame, ElementHeader, FragmentsFrame, Frame, SequenceFrame } from './frame.ts'
import type { WarningLog } from './warning-log.ts'

/** CP-246, PS3.5 6.2.2 Note 2: what UN of undefined length holds. */
export const insideUnknown: Encoding = { explicitVr: false, littleEndian: true }

/** What is open while a data set is read: the root, and the sequences and items inside each other. */
export class FrameStack {
  readonly root: DataSetFrame
  readonly #limits: ReadLimits
  readonly #warnings: WarningLog
  readonly #outer: Frame[] = []
  #top: Frame
  #depth: number

  constructor(root: DataSetFrame, limits: ReadLimits, warnings: WarningLog, depth: number) {
    this.root = root
    this.#top = root
    this.#limits = limits
    this.#warnings = warnings
    this.#depth = depth
  }

  get top(): Frame {
    return this.#top
  }

  /** Sequences open, those around the root included. */
  get depth(): number {
    return this.#depth
  }

  openSequence(owner: DataSetFrame, header: ElementHeader, end: number, kept: boolean): void {
    if (++this.#depth > this.#limits.maxDepth) {
      throw new DicomError(
        'TooDeep',
        `More than ${this.#limits.maxDepth} sequences inside each other`,
        header.offset,
      )
    }
    const delimited = header.length === undefinedLength
    const { explicitVr, littleEndian } = delimited && header.vr === 'UN' ? insideUnknown : owner
    this.#open({
      kind: 'sequence',
      owner,
      header,
      items: [],
      explicitVr,
      littleEndian,
      end,
      delimited,
      kept,
      exact: true,
    })
  }

  openItem(sequence: SequenceFrame, offset: number, length: number, end: number): void {
    const elements: Element[] = []
    const { explicitVr, littleEndian, owner, kept } = sequence
    const encoding =
      explicitVr === owner.explicitVr && littleEndian === owner.littleEndian
        ? owner.dataSet.encoding
        : insideUnknown
    const position = { offset, length }
    const dataSet = new DataSet(encoding, elements, owner.dataSet, position)
    if (kept) sequence.items.push(dataSet)
    if (length === 0) return
    this.#open({ ...dataSetFrame(dataSet, elements, position, end), kept })
  }

  openFragments(owner: DataSetFrame, header: ElementHeader, kept: boolean): void {
    const { explicitVr, littleEndian, end } = owner
    this.#open({
      kind: 'fragments',
      owner,
      header,
      fragments: [],
      explicitVr,
      littleEndian,
      end,
      delimited: true,
      kept,
      exact: true,
    })
  }

  /** Closes the innermost frame; `exact` unless its end was not where and how it should be. */
  close(exact: boolean): void {
    const frame = this.#top
    if (!exact) frame.exact = false
    this.#top = this.#outer.pop() ?? this.root
    if (frame.kind === 'dataSet') this.#closeDataSet(frame)
    else if (frame.kind === 'sequence') this.#closeSequence(frame)
    else this.#closeFragments(frame)
    if (!frame.exact) this.#top.exact = false
  }

  /** Closes the root, when all else is closed. */
  finish(): void {
    this.#sort(this.root)
  }

  #open(frame: Frame): void {
    this.#outer.push(this.#top)
    this.#top = frame
  }

  #closeDataSet(frame: DataSetFrame): void {
    this.#sort(frame)
    if (!frame.exact && frame.position !== undefined) frame.position.length = undefinedLength
  }

  #closeSequence({ owner, header, items, exact, kept }: SequenceFrame): void {
    this.#depth--
    if (!kept) return
    const length = exact ? header.length : undefinedLength
    owner.elements.push({ ...header, length, value: { kind: 'items', items } })
  }

  #closeFragments({ owner, header, fragments, kept }: FragmentsFrame): void {
    if (kept) owner.elements.push({ ...header, value: { kind: 'fragments', fragments } })
  }

  /** Brings elements that came in another order into the standard's, and drops all but the first of a tag. */
  #sort(frame: DataSetFrame): void {
    if (frame.sorted) return
    frame.sorted = true
    const { elements } = frame
    elements.sort((one, other) => one.tag - other.tag || one.offset - other.offset)
    let kept = 0
    for (const element of elements) {
      if (kept > 0 && elements[kept - 1]?.tag === element.tag) {
        this.#warnings.add('DuplicateElement', element.tag, element.offset)
        frame.exact = false
      } else elements[kept++] = element
    }
    elements.length = kept
  }
}

export const dataSetFrame = (
  dataSet: DataSet,
  elements: Element[],
  position: DataSetFrame['position'],
  end: number,
): DataSetFrame => ({
  kind: 'dataSet',
  explicitVr: dataSet.encoding.explicitVr,
  littleEndian: dataSet.encoding.littleEndian,
  end,
  delimited: position?.length === undefinedLength,
  kept: true,
  exact: true,
  dataSet,
  elements,
  position,
  lastTag: -1,
  sorted: true,
})
