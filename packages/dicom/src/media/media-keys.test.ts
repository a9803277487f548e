import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DataSet } from '../data-set/data-set.ts'
import type { NewElement } from '../encoding/build-data-set.ts'
import { textOf } from '../values/text-of.ts'
import { Dicomdir } from './dicomdir.ts'
import { bareFile, latin1, type WalkedRecord, walk } from './media.fixture.ts'
import { mediaKeysOf } from './media-keys.ts'

/** The records of one instance, from its patient down. */
async function recordsOf(
  elements: readonly NewElement[],
  { sopClassUid, extended = false }: { readonly sopClassUid?: string; readonly extended?: boolean } = {},
): Promise<readonly WalkedRecord[]> {
  const file = bareFile(sopClassUid === undefined ? {} : { sopClassUid }, elements)
  const keys = mediaKeysOf(file, { extended })
  assert.ok(keys)
  const dicomdir = new Dicomdir({ fileSetId: '', now: new Date(0), extended })
  dicomdir.add({ fileId: ['IM0'], keys })
  const chain: WalkedRecord[] = []
  for (
    let level = await walk(Buffer.concat([...dicomdir.finish()]));
    level[0] !== undefined;
    level = level[0].below
  )
    chain.push(level[0])
  return chain
}

const tagsOf = (record: WalkedRecord | undefined): readonly number[] =>
  [...(record?.item ?? [])].map(({ tag }) => tag).filter((tag) => tag >>> 16 !== 4)

const text = (record: WalkedRecord | undefined, tag: number): string | undefined =>
  record && textOf(record.item, tag)

const patientName = 0x00100010
const specificCharacterSet = 0x00080005

test('text stays in the character set of its instance', async () => {
  const jis = Buffer.from('1b2442', 'hex')
  const names: readonly (readonly [terms: string, name: Uint8Array, expected: string])[] = [
    ['ISO_IR 100', latin1('M\xfcller^J\xf6rg'), 'Müller^Jörg'],
    ['ISO_IR 192', Buffer.from('Müller^Jörg'), 'Müller^Jörg'],
    ['ISO_IR 144', Buffer.from('bee3', 'hex'), 'Оу'],
    ['ISO_IR 13', Buffer.from('d4cfc0de5ec0dbb3', 'hex'), 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
    [
      '\\ISO 2022 IR 87',
      Buffer.concat([latin1('Yamada^Tarou='), jis, Buffer.from('3b33', 'hex'), latin1('\x1b(B')]),
      'Yamada^Tarou=山',
    ],
    ['GB18030', Buffer.from('cdf5', 'hex'), '王'],
  ]
  for (const [terms, name, expected] of names) {
    const [patient] = await recordsOf([
      [specificCharacterSet, 'CS', terms],
      [patientName, 'PN', name],
    ])
    assert.equal(text(patient, specificCharacterSet), terms)
    assert.equal(text(patient, patientName), expected, terms)
    const value = patient?.item.get(patientName)?.value
    const bytes = value?.kind === 'bytes' ? Buffer.from(value.bytes) : undefined
    assert.equal(bytes?.subarray(0, name.length).toString('hex'), Buffer.from(name).toString('hex'), terms)
  }
})

test('records of plain text declare no character set (PS3.3 F.5: 1C)', async () => {
  const chain = await recordsOf([
    [specificCharacterSet, 'CS', 'ISO_IR 100'],
    [patientName, 'PN', 'Doe^Jane'],
    [0x00081030, 'LO', latin1('\xdcberblick')],
  ])
  assert.deepEqual(
    chain.map((record) => text(record, specificCharacterSet)),
    [undefined, 'ISO_IR 100', undefined, undefined],
  )
  assert.equal(text(chain[1], 0x00081030), 'Überblick')
})

test('text that its character set has not, or that has none, is written as UTF-8', async () => {
  for (const terms of ['windows-1251', 'KLINGON', 'ISO_IR 6']) {
    const [patient] = await recordsOf([
      [specificCharacterSet, 'CS', terms],
      [patientName, 'PN', Buffer.from('cce8f0', 'hex')],
    ])
    assert.match(text(patient, specificCharacterSet) ?? '', /^ISO_IR (192|100)$/, terms)
    assert.notEqual(text(patient, patientName), '', terms)
  }
  const [patient] = await recordsOf([
    [specificCharacterSet, 'CS', 'windows-1251'],
    [patientName, 'PN', Buffer.from('cce8f0', 'hex')],
  ])
  assert.deepEqual([text(patient, specificCharacterSet), text(patient, patientName)], ['ISO_IR 192', 'Мир'])
})

test('the day of a study is found in what lies below it', () => {
  const moments: readonly (readonly [number, number])[] = [
    [0x00080020, 0x00080030],
    [0x00080021, 0x00080031],
    [0x00080022, 0x00080032],
    [0x00080023, 0x00080033],
  ]
  const day = (index: number) => `2020010${index + 1}`
  for (const [first] of moments.entries()) {
    const elements = moments.slice(first).flatMap(([date, time], index): NewElement[] => [
      [date, 'DA', day(first + index)],
      [time, 'TM', `0${first + index}0000`],
    ])
    const values = mediaKeysOf(bareFile({}, elements))?.values
    assert.equal(values?.['0008,0020'], day(first))
    assert.equal(values?.['0008,0030'], `0${first}0000`)
  }
  const momentOf = (elements: readonly NewElement[]) => {
    const values = mediaKeysOf(bareFile({}, elements))?.values
    return [values?.['0008,0020'], values?.['0008,0030']]
  }
  assert.deepEqual(momentOf([]), [undefined, undefined])
  assert.deepEqual(momentOf([[0x00080020, 'DA', '20200101']]), ['20200101', '000000'])
  assert.deepEqual(
    momentOf([
      [0x00080020, 'DA', '20200101'],
      [0x00080021, 'DA', '20200102'],
      [0x00080031, 'TM', '02'],
      [0x00080022, 'DA', '20200101'],
      [0x00080032, 'TM', '03'],
    ]),
    ['20200101', '03'],
  )
  assert.deepEqual(
    momentOf([
      [0x00080020, 'DA', 'unknown'],
      [0x00080023, 'DA', '2020.01.04'],
    ]),
    ['20200104', '000000'],
  )
})

test('an image has its number, and with extended keys what a viewer lists', async () => {
  const elements: readonly NewElement[] = [
    [0x00080008, 'CS', ['ORIGINAL', 'PRIMARY']],
    [0x0008103e, 'LO', 'T1 axial'],
    [0x00100020, 'LO', 'A'],
    [0x00100040, 'CS', 'F'],
    [0x00200013, 'IS', '7'],
    [0x00200032, 'DS', ['1', '2.5', '-3']],
    [0x00280010, 'US', 512],
  ]
  const plain = await recordsOf(elements)
  assert.deepEqual(plain.map(tagsOf), [
    [0x00100010, 0x00100020],
    [0x00080020, 0x00080030, 0x00080050, 0x00081030, 0x0020000d, 0x00200010],
    [0x00080060, 0x0020000e, 0x00200011],
    [0x00200013],
  ])
  const extended = await recordsOf(elements, { extended: true })
  assert.equal(text(extended[0], 0x00100040), 'F')
  assert.equal(text(extended[2], 0x0008103e), 'T1 axial')
  assert.deepEqual(
    [0x00080008, 0x00200032, 0x00280010].map((tag) => text(extended[3], tag)),
    ['ORIGINAL\\PRIMARY', '1\\2.5\\-3', '512'],
  )
})

test('of a report, the title and its modifiers are kept, not its text', async () => {
  const code = (value: string): NewElement[] => [
    [0x00080100, 'SH', value],
    [0x00080102, 'SH', 'DCM'],
    [0x00080104, 'LO', `Meaning of ${value}`],
  ]
  const chain = await recordsOf(
    [
      [0x0040a043, 'SQ', [code('121070')]],
      [0x0040a491, 'CS', 'COMPLETE'],
      [
        0x0040a730,
        'SQ',
        [
          [
            [0x0040a010, 'CS', 'HAS CONCEPT MOD'],
            [0x0040a040, 'CS', 'CODE'],
            [0x0040a043, 'SQ', [code('121049')]],
            [0x0040a168, 'SQ', [code('en')]],
          ],
          [
            [0x0040a010, 'CS', 'CONTAINS'],
            [0x0040a040, 'CS', 'TEXT'],
            [0x0040a160, 'UT', 'secret'],
          ],
        ],
      ],
    ],
    { sopClassUid: '1.2.840.10008.5.1.4.1.1.88.11' },
  )
  const item = chain[3]?.item
  assert.ok(item)
  assert.equal(chain[3]?.type, 'SR DOCUMENT')
  assert.deepEqual([text(chain[3], 0x0040a491), text(chain[3], 0x0040a493)], ['COMPLETE', 'UNVERIFIED'])
  const items = (tag: number) => {
    const value = item.get(tag)?.value
    return value?.kind === 'items' ? value.items : []
  }
  assert.deepEqual(
    items(0x0040a043).map((each) => textOf(each, 0x00080100)),
    ['121070'],
  )
  assert.deepEqual(
    items(0x0040a730).map((each) => textOf(each, 0x0040a010)),
    ['HAS CONCEPT MOD'],
  )
})

test('a verified report tells when it was verified last', async () => {
  const verified = (flag: string) =>
    recordsOf(
      [
        [
          0x0040a073,
          'SQ',
          ['20200101', '20210101', '20190101'].map((day) => [[0x0040a030, 'DT', `${day}120000`] as const]),
        ],
        [0x0040a493, 'CS', flag],
      ],
      { sopClassUid: '1.2.840.10008.5.1.4.1.1.88.11' },
    )
  assert.equal(text((await verified('VERIFIED'))[3], 0x0040a030), '20210101120000')
  assert.equal(text((await verified('UNVERIFIED'))[3], 0x0040a030), undefined)
})

test('a private record names the definition that it follows (PS3.3 F.6.1)', async () => {
  const [, , , leaf] = await recordsOf([], { sopClassUid: '1.2.3.4' })
  assert.equal(leaf?.type, 'PRIVATE')
  assert.match(text(leaf, 0x00041432) ?? '', /^2\.25\.\d+$/)
  assert.equal(text(leaf, 0x00041510), '1.2.3.4')
})

test('a transfer syntax that is none is that which the file was read in', () => {
  const file = bareFile({})
  const syntaxOf = (transferSyntaxUid: string, encoding = file.dataSet.encoding) =>
    mediaKeysOf({ ...file, transferSyntaxUid, dataSet: new DataSet(encoding, [...file.dataSet]) })
      ?.transferSyntaxUid
  assert.equal(syntaxOf('1.2.3'), '1.2.3')
  assert.equal(syntaxOf('nonsense'), '1.2.840.10008.1.2.1')
  assert.equal(syntaxOf('', { explicitVr: false, littleEndian: true }), '1.2.840.10008.1.2')
  assert.equal(syntaxOf('', { explicitVr: true, littleEndian: false }), '1.2.840.10008.1.2.2')
})

test('values are as long as their VRs allow; patients are told apart by all of their ID', async () => {
  const long = 'x'.repeat(70)
  const dicomdir = new Dicomdir({ fileSetId: '', now: new Date(0) })
  for (const number of [1, 2]) {
    const keys = mediaKeysOf(
      bareFile({ instance: `1.9.${number}` }, [
        [0x00080050, 'SH', 'A'.repeat(20)],
        [patientName, 'PN', `${long}=${long}`],
        [0x00100020, 'LO', `${long}${number}`],
      ]),
    )
    assert.ok(keys)
    dicomdir.add({ fileId: [`IM${number}`], keys })
  }
  const records = await walk(Buffer.concat([...dicomdir.finish()]))
  assert.deepEqual(
    records.map((record) => [text(record, 0x00100020)?.length, text(record, patientName)]),
    Array(2).fill([64, `${'x'.repeat(64)}=${'x'.repeat(64)}`]),
  )
  assert.equal(text(records[0]?.below[0], 0x00080050), 'A'.repeat(16))
})

test('what does not say which instance it is has no keys', () => {
  const nameless = bareFile({}, [[0x00080018, 'UI']])
  assert.equal(mediaKeysOf(nameless), undefined)
  for (const tag of [0x0020000d, 0x0020000e]) {
    assert.equal(mediaKeysOf(bareFile({}, [[tag, 'UI']])), undefined)
    const palette = bareFile({ sopClassUid: '1.2.840.10008.5.1.4.39.1' }, [[tag, 'UI']])
    assert.equal(mediaKeysOf(palette)?.type, 'PALETTE')
  }
  const fileMeta = bareFile({}, [
    [0x00020002, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
    [0x00020003, 'UI', '1.4'],
  ]).dataSet
  assert.equal(mediaKeysOf({ ...nameless, fileMeta })?.sopInstanceUid, '1.4')
})
