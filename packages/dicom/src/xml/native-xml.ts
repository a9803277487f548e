import type { DataSet } from '../data-set/data-set.ts'
import type { Element } from '../data-set/element.ts'
import { privateCreatorOf } from '../data-set/private-creator.ts'
import { standardDictionary } from '../dictionary/dictionary.ts'
import type { TagNames } from '../json/json-options.ts'
import { formatTag, groupOf, isGroupLength, isPrivate, type Tag } from '../tag.ts'
import { type AttributeValue, readAttribute } from '../values/attribute-value.ts'
import { toBase64 } from '../values/base64.ts'
import {
  type BulkDataOptions,
  defaultMaxInlineBytes,
  type ElementLocation,
  isBulkData,
} from '../values/bulk-data.ts'
import type { NumericValue } from '../values/numbers.ts'
import { type PersonName, parsePersonNameGroup } from '../values/person-name.ts'
import { escapeXml } from './escape-xml.ts'

export interface NativeXmlOptions extends BulkDataOptions {
  readonly dictionary?: TagNames
  /** Defined term assumed where the data set declares none, '' for ASCII. Default `ISO_IR 100`. */
  readonly defaultCharacterSet?: string
}

interface Context extends BulkDataOptions {
  readonly dictionary: TagNames
  readonly defaultCharacterSet: string
  readonly maxInlineBytes: number
}

/** The Native DICOM Model (PS3.19 A.1) as an XML document for UTF-8. Without group lengths and group 0002. */
export function toNativeXml(dataSet: DataSet, options: NativeXmlOptions = {}): string {
  const content = writeDataSet(dataSet, [], {
    dictionary: standardDictionary,
    defaultCharacterSet: 'ISO_IR 100',
    maxInlineBytes: defaultMaxInlineBytes,
    ...options,
  })
  const namespace = 'http://dicom.nema.org/PS3.19/models/NativeDICOM'
  return `<?xml version="1.0" encoding="UTF-8"?>
<NativeDicomModel xmlns="${namespace}" xml:space="preserve">${content}</NativeDicomModel>`
}

/** Recurses as deep as sequences nest, which the reader bounds. */
function writeDataSet(dataSet: DataSet, items: ElementLocation['items'], context: Context): string {
  let xml = ''
  for (const element of dataSet) {
    if (isGroupLength(element.tag) || groupOf(element.tag) === 2) continue
    xml += writeAttribute(dataSet, element, items, context)
  }
  return xml
}

function writeAttribute(
  dataSet: DataSet,
  element: Element,
  items: ElementLocation['items'],
  context: Context,
): string {
  const { tag } = element
  const creator = privateCreatorOf(dataSet, tag)
  const { vr, value } = readAttribute(dataSet, element, creator, context)
  const keyword = isPrivate(tag) ? undefined : context.dictionary.lookup(tag)?.keyword
  const attributes = [
    `tag="${writeTag(tag, creator)}" vr="${vr}"`,
    ...(keyword === undefined ? [] : [`keyword="${escapeXml(keyword)}"`]),
    ...(creator === undefined ? [] : [`privateCreator="${escapeXml(creator)}"`]),
  ]
  const content = isBulkData(element, value, context.maxInlineBytes)
    ? writeBulkData(context.bulkDataUri?.({ items, element }))
    : writeValue(value, tag, items, context)
  return `<DicomAttribute ${attributes.join(' ')}>${content}</DicomAttribute>`
}

/** The block of a private element differs from data set to data set: it is given as zero beside the creator. */
const writeTag = (tag: Tag, creator: string | undefined): string =>
  formatTag(creator === undefined ? tag : (tag & 0xffff00ff) >>> 0, '').toUpperCase()

const writeBulkData = (uri: string | undefined): string =>
  uri === undefined ? '' : `<BulkData uri="${escapeXml(uri)}"/>`

function writeValue(
  value: AttributeValue,
  tag: Tag,
  items: ElementLocation['items'],
  context: Context,
): string {
  switch (value.kind) {
    case 'items':
      return value.items
        .map((item, index) =>
          numbered('Item', index, writeDataSet(item, [...items, { tag, index }], context)),
        )
        .join('')
    case 'texts':
      return value.texts.map((text, index) => numbered('Value', index, escapeXml(text))).join('')
    case 'numbers':
      return value.numbers.map((number, index) => numbered('Value', index, writeNumber(number))).join('')
    case 'names':
      return value.names.map((name, index) => numbered('PersonName', index, writeName(name))).join('')
    case 'binary':
      return `<InlineBinary>${toBase64(value.bytes)}</InlineBinary>`
    default:
      return ''
  }
}

const numbered = (name: string, index: number, content: string): string =>
  `<${name} number="${index + 1}">${content}</${name}>`

/** As `double` of XML Schema writes it. */
const writeNumber = (value: NumericValue): string => String(value).replace('Infinity', 'INF')

function writeName({ alphabetic, ideographic, phonetic }: PersonName): string {
  const groups = { Alphabetic: alphabetic, Ideographic: ideographic, Phonetic: phonetic }
  return Object.entries(groups)
    .map(([name, text]) => (text === '' ? '' : `<${name}>${writeComponents(text)}</${name}>`))
    .join('')
}

function writeComponents(text: string): string {
  const group = parsePersonNameGroup(text)
  const components = {
    FamilyName: group.familyName,
    GivenName: group.givenName,
    MiddleName: group.middleName,
    NamePrefix: group.namePrefix,
    NameSuffix: group.nameSuffix,
  }
  return Object.entries(components)
    .map(([name, component]) => (component === '' ? '' : `<${name}>${escapeXml(component)}</${name}>`))
    .join('')
}
