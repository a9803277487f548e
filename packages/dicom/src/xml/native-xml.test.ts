import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DataSet } from '../data-set/data-set.ts'
import { buildDataSet, type NewElement } from '../encoding/build-data-set.ts'
import { escapeXml } from './escape-xml.ts'
import { toNativeXml } from './native-xml.ts'

const encoding = { explicitVr: true, littleEndian: true }
const build = (...entries: readonly NewElement[]): DataSet => buildDataSet(encoding, entries)
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

const prolog = `<?xml version="1.0" encoding="UTF-8"?>
<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM" xml:space="preserve">`

/** What is between the tags of the root. */
function content(dataSet: DataSet, options?: Parameters<typeof toNativeXml>[1]): string {
  const xml = toNativeXml(dataSet, options)
  assert.ok(xml.startsWith(prolog) && xml.endsWith('</NativeDicomModel>'))
  return xml.slice(prolog.length, -'</NativeDicomModel>'.length)
}

const attribute = (attributes: string, inner: string): string =>
  `<DicomAttribute ${attributes}>${inner}</DicomAttribute>`

test('values, numbered from 1', () => {
  assert.equal(
    content(build([0x00080008, 'CS', 'ORIGINAL\\PRIMARY '])),
    attribute(
      'tag="00080008" vr="CS" keyword="ImageType"',
      '<Value number="1">ORIGINAL</Value><Value number="2">PRIMARY</Value>',
    ),
  )
  assert.equal(
    content(build([0x00720074, 'FD', [1.5, Number.POSITIVE_INFINITY]])),
    attribute(
      'tag="00720074" vr="FD" keyword="SelectorFDValue"',
      '<Value number="1">1.5</Value><Value number="2">INF</Value>',
    ),
  )
  assert.equal(
    content(build([0x00280009, 'AT', [0x0018106f]])),
    attribute('tag="00280009" vr="AT" keyword="FrameIncrementPointer"', '<Value number="1">0018106F</Value>'),
  )
  assert.equal(
    content(build([0x00080008, 'CS', ''])),
    attribute('tag="00080008" vr="CS" keyword="ImageType"', ''),
  )
})

test('names of persons', () => {
  const dataSet = build([0x00080005, 'CS', 'ISO_IR 100'], [0x00100010, 'PN', bytesOf('A^B^C^D^E=F\xe9\\^G')])
  const [, name] = content(dataSet).split('</DicomAttribute>')
  assert.equal(
    name,
    '<DicomAttribute tag="00100010" vr="PN" keyword="PatientName"><PersonName number="1"><Alphabetic>' +
      '<FamilyName>A</FamilyName><GivenName>B</GivenName><MiddleName>C</MiddleName><NamePrefix>D</NamePrefix>' +
      '<NameSuffix>E</NameSuffix></Alphabetic><Ideographic><FamilyName>Fé</FamilyName></Ideographic></PersonName>' +
      '<PersonName number="2"><Alphabetic><GivenName>G</GivenName></Alphabetic></PersonName>',
  )
})

test('items', () => {
  assert.equal(
    content(build([0x00081140, 'SQ', [[[0x00081150, 'UI', '1.2']], []]])),
    attribute(
      'tag="00081140" vr="SQ" keyword="ReferencedImageSequence"',
      `<Item number="1">${attribute('tag="00081150" vr="UI" keyword="ReferencedSOPClassUID"', '<Value number="1">1.2</Value>')}</Item><Item number="2"></Item>`,
    ),
  )
})

test('binary values inline, or at a URI', () => {
  const dataSet = build([0x00720065, 'OB', bytesOf('abcd')])
  const attributes = 'tag="00720065" vr="OB" keyword="SelectorOBValue"'
  assert.equal(content(dataSet), attribute(attributes, '<InlineBinary>YWJjZA==</InlineBinary>'))
  assert.equal(content(dataSet, { maxInlineBytes: 2 }), attribute(attributes, ''))
  const bulkDataUri = () => 'http://x/?a&b'
  assert.equal(
    content(dataSet, { maxInlineBytes: 2, bulkDataUri }),
    attribute(attributes, '<BulkData uri="http://x/?a&amp;b"/>'),
  )
})

test('private elements are without block, beside their creator', () => {
  const dataSet = build([0x00090012, 'LO', 'A&B'], [0x00091201, 'LO', 'x'], [0x00093301, 'LO', 'y'])
  assert.equal(
    content(dataSet),
    attribute('tag="00090012" vr="LO"', '<Value number="1">A&amp;B</Value>') +
      attribute('tag="00090001" vr="LO" privateCreator="A&amp;B"', '<Value number="1">x</Value>') +
      attribute('tag="00093301" vr="LO"', '<Value number="1">y</Value>'),
  )
})

test('group lengths and file meta information are left out', () => {
  assert.equal(content(build([0x00020010, 'UI', '1.2'], [0x00080000, 'UL', 4])), '')
})

test('hostile text stays text', () => {
  assert.equal(escapeXml(`<a href="x">&'</a>]]>`), '&lt;a href=&quot;x&quot;&gt;&amp;&apos;&lt;/a&gt;]]&gt;')
  assert.equal(escapeXml('\0\u0001\u000b\u001b\ufffe\ud800'), '\ufffd'.repeat(6))
  assert.equal(escapeXml('a\r\n\tb'), 'a&#13;&#10;&#9;b')
  assert.equal(escapeXml('é山\u{1f600}\u0080'), 'é山\u{1f600}\u0080')
})
