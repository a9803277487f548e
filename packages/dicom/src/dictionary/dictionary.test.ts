import assert from 'node:assert/strict'
import { test } from 'node:test'
import { privateCreatorOf } from '../data-set/private-creator.ts'
import { buildDataSet } from '../encoding/build-data-set.ts'
import { Dictionary, standardDictionary } from './dictionary.ts'
import { nameOfKeyword } from './entry.ts'

const keywordOf = (tag: number, creator?: string): string | undefined =>
  standardDictionary.lookup(tag, creator)?.keyword

test('knows the attributes of PS3.6', () => {
  assert.deepEqual(standardDictionary.lookup(0x00100010), {
    tag: 0x00100010,
    name: "Patient's Name",
    keyword: 'PatientName',
    vr: 'PN',
    alternatives: ['PN'],
    vm: '1',
    retired: false,
  })
  assert.equal(keywordOf(0x00020010), 'TransferSyntaxUID')
  assert.equal(keywordOf(0x00000900), 'Status')
  assert.equal(keywordOf(0x00041220), 'DirectoryRecordSequence')
  assert.equal(keywordOf(0xfffcfffc), 'DataSetTrailingPadding')
  assert.equal(standardDictionary.lookup(0x00189310)?.vm, '1')
  assert.equal(standardDictionary.lookup(0x00280030)?.vm, '2')
  assert.equal(standardDictionary.lookup(0x00080001)?.retired, true)
  assert.equal(standardDictionary.lookup(0x00181153)?.name, 'Exposure in µAs')
})

test('knows the alternatives of a VR', () => {
  assert.deepEqual(standardDictionary.lookup(0x00280106)?.alternatives, ['US', 'SS'])
  assert.deepEqual(standardDictionary.lookup(0x7fe00010)?.alternatives, ['OB', 'OW'])
  assert.deepEqual(standardDictionary.lookup(0x00283006)?.alternatives, ['US', 'OW'])
})

test('knows repeating groups and elements', () => {
  for (const tag of [0x60000010, 0x60020010, 0x601e0010, 0x60fe0010])
    assert.equal(keywordOf(tag), 'OverlayRows')
  assert.equal(keywordOf(0x50043000), 'CurveData')
  assert.equal(keywordOf(0x002031ff), 'SourceImageIDs')
  assert.equal(keywordOf(0x00280472), 'CoefficientCoding')
  assert.equal(keywordOf(0x00280412), 'CoefficientCoding')
  assert.equal(keywordOf(0x10001235), 'ShiftTableTriplet')
  assert.equal(keywordOf(0x7f020010), 'VariablePixelData')
  assert.equal(standardDictionary.parseTag('OverlayRows'), 0x60000010)
  assert.equal(keywordOf(0x60010010), 'PrivateCreator', 'odd groups do not repeat')
  assert.equal(keywordOf(0x60011010), undefined)
})

test('knows group lengths and private creators by rule', () => {
  assert.equal(keywordOf(0x00100000), 'GenericGroupLength')
  assert.equal(keywordOf(0x00090000), 'GenericGroupLength')
  assert.equal(keywordOf(0x60000000), 'GenericGroupLength')
  assert.equal(keywordOf(0x00090010), 'PrivateCreator')
  assert.equal(keywordOf(0x000900ff), 'PrivateCreator')
  assert.equal(keywordOf(0x00091010), undefined)
  assert.equal(keywordOf(0x00100011), undefined)
})

test('reads tags in every notation', () => {
  const { parseTag } = standardDictionary
  for (const text of ['PatientName', '0010,0010', '0010-0010', '00100010']) {
    assert.equal(parseTag.call(standardDictionary, text), 0x00100010)
  }
  assert.equal(standardDictionary.parseTag('7FE0,0010'), 0x7fe00010)
  for (const text of ['', 'patientname', '0010,001', '0010,00100', 'Patient Name', '0x00100010']) {
    assert.equal(standardDictionary.parseTag(text), undefined, text)
  }
})

test('every keyword leads back to its attribute', () => {
  const texts = ['Rows', 'Columns', 'SOPClassUID', 'dBdt', 'PixelData', 'CTDIvol', 'MoveDestination']
  for (const text of texts) assert.equal(keywordOf(standardDictionary.parseTag(text) ?? 0), text)
})

test('private attributes are added without changing the original', () => {
  const dictionary = standardDictionary.with([
    { tag: 0x00e100c2, vr: 'UI', keyword: 'PixelDataUID', privateCreator: 'ELSCINT1' },
    { tag: 0x00091234, vr: 'DS', keyword: 'WithoutCreator', vm: '1-n' },
    { tag: 0x00100010, vr: 'LO', keyword: 'PatientName', name: 'Name' },
  ])
  assert.equal(dictionary.lookup(0x00e110c2, 'ELSCINT1')?.keyword, 'PixelDataUID')
  assert.equal(dictionary.lookup(0x00e177c2, 'ELSCINT1')?.privateCreator, 'ELSCINT1')
  assert.equal(dictionary.lookup(0x00e110c2, 'OTHER'), undefined)
  assert.equal(dictionary.lookup(0x00e110c2), undefined)
  assert.equal(dictionary.lookup(0x00091234)?.vm, '1-n')
  assert.equal(dictionary.parseTag('PixelDataUID'), 0x00e110c2)
  assert.equal(dictionary.lookup(0x00100010)?.vr, 'LO')
  assert.equal(keywordOf(0x00100010), 'PatientName')
  assert.equal(standardDictionary.lookup(0x00100010)?.vr, 'PN')
  assert.equal(standardDictionary.parseTag('PixelDataUID'), undefined)
})

test('a dictionary is made of lines', () => {
  const dictionary = Dictionary.fromLines('00xx0010|OB/OW|1-n|R|SomeThingXYZData|\n00200010|SH|||ID|Name')
  const entry = dictionary.lookup(0x00440010)
  assert.deepEqual([entry?.alternatives, entry?.vm, entry?.retired], [['OB', 'OW'], '1-n', true])
  assert.equal(entry?.name, 'Some Thing XYZ Data')
  assert.equal(dictionary.lookup(0x00200010)?.name, 'Name', 'an exact tag wins')
})

test('keywords give most names away', () => {
  assert.equal(nameOfKeyword('SOPInstanceUID'), 'SOP Instance UID')
  assert.equal(nameOfKeyword('PixelSpacing'), 'Pixel Spacing')
})

test('the creator of a private element is looked up outwards', () => {
  const dataSet = buildDataSet({ explicitVr: true, littleEndian: true }, [
    [0x00090010, 'LO', 'OUTER'],
    [0x00090011, 'LO', 'SECOND '],
    [0x00091101, 'SQ', [[[0x00090010, 'LO', 'INNER']]]],
  ])
  const value = dataSet.get(0x00091101)?.value
  const inner = value?.kind === 'items' ? value.items[0] : undefined
  assert.ok(inner)
  assert.equal(privateCreatorOf(dataSet, 0x00091001), 'OUTER')
  assert.equal(privateCreatorOf(inner, 0x00091001), 'INNER')
  assert.equal(privateCreatorOf(inner, 0x00091101), 'SECOND')
  assert.equal(privateCreatorOf(inner, 0x00091201), undefined)
  assert.equal(privateCreatorOf(dataSet, 0x00090010), undefined)
  assert.equal(privateCreatorOf(dataSet, 0x00100010), undefined)
})
