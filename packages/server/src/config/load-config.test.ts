import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DomainError } from '../model/domain-error.ts'
import { type ConfigSources, type LoadedConfig, loadConfig } from './load-config.ts'
import { options } from './options.ts'

async function inFolder(
  files: Readonly<Record<string, string>>,
  body: (folder: string, load: (sources?: Partial<ConfigSources>) => Promise<LoadedConfig>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-config-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    const load = (sources: Partial<ConfigSources> = {}): Promise<LoadedConfig> =>
      loadConfig({ paths: Object.keys(files), environment: {}, directory: folder, ...sources })
    await body(folder, load)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const fails = (code: string, ...mentions: readonly string[]) => {
  return (error: unknown): boolean => {
    assert.ok(error instanceof DomainError)
    assert.equal(error.code, code)
    for (const mention of mentions) assert.ok(error.message.includes(mention), error.message)
    return true
  }
}

test('without files every option has its default, and the storage is ./data', async () => {
  await inFolder({}, async (folder, load) => {
    const { config, warnings } = await load()
    assert.deepEqual(warnings, [])
    assert.equal(config.HttpPort, 8042)
    assert.equal(config.DicomPort, 4242)
    assert.equal(config.DicomAet, 'ORTHANC')
    assert.equal(config.StorageDirectory, join(folder, 'data'))
    assert.equal(config.IndexDirectory, undefined)
    assert.equal(config.AuthenticationEnabled, undefined)
    assert.ok(Object.isFrozen(config))
  })
})

test('every default is a value that its own option accepts', () => {
  for (const [key, option] of options) {
    if (option.default !== undefined) assert.doesNotThrow(() => option.type.read(option.default, '/'), key)
  }
})

test('comments and trailing commas are no obstacle; paths are relative to the file', async () => {
  const text = '{ /* a */ "HttpPort": 1, // b\n "StorageDirectory": "here", }'
  await inFolder({ 'a.json': text }, async (folder, load) => {
    const { config } = await load({ directory: '/', paths: [join(folder, 'a.json')] })
    assert.equal(config.HttpPort, 1)
    assert.equal(config.StorageDirectory, join(folder, 'here'))
    assert.equal(config.SslCertificate, join(folder, 'certificate.pem'))
  })
})

test('with a file that does not say where, the storage has the name that Orthanc gives it', async () => {
  await inFolder({ 'a.json': '{}' }, async (folder, load) => {
    assert.equal((await load()).config.StorageDirectory, join(folder, 'OrthancStorage'))
  })
})

test('a folder stands for the .json files right inside it', async () => {
  const files = { 'a.json': '{ "HttpPort": 1 }', 'b.json': '{ "DicomPort": 2 }', 'c.txt': 'not JSON' }
  await inFolder(files, async (folder, load) => {
    const { config } = await load({ paths: [folder] })
    assert.deepEqual([config.HttpPort, config.DicomPort], [1, 2])
  })
})

test('a key in two files is refused, and both places are named', async () => {
  await inFolder({ 'a.json': '{ "Name": "a" }', 'b.json': '\n{ "Name": "b" }' }, async (_, load) => {
    await assert.rejects(load(), fails('BadFileFormat', 'Name', 'a.json:1', 'b.json:2'))
  })
})

test('variables are replaced before the text is read; a missing one is reported', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the syntax under test
  const text = '{ "Name": "${WHO}", "HttpPort": ${PORT:-81}, "DicomAet": "A${NOBODY}" }'
  await inFolder({ 'a.json': text }, async (_, load) => {
    const { config, warnings } = await load({ environment: { WHO: 'me' } })
    assert.deepEqual([config.Name, config.HttpPort, config.DicomAet], ['me', 81, 'A'])
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', /NOBODY/)
  })
})

test('the environment overrides the files; a number is a string where a string is wanted', async () => {
  await inFolder({ 'a.json': '{ "HttpPort": 1, "Name": "a" }' }, async (folder, load) => {
    const environment = {
      KINGSFOIL__HTTP_PORT: '2',
      ORTHANC__HTTP_PORT: '3',
      ORTHANC__NAME: '1234',
      KINGSFOIL__STORE_MD5_FOR_ATTACHMENTS: 'true',
      KINGSFOIL__REGISTERED_USERS: '{"alice":"secret"}',
      KINGSFOIL__STORAGE_DIRECTORY: 'there',
      KINGSFOIL__HTPT_PORT: '5',
    }
    const { config, warnings } = await load({ environment })
    assert.deepEqual([config.HttpPort, config.Name], [2, '1234'])
    assert.equal(config.RegisteredUsers?.get('alice'), 'secret')
    assert.equal(config.StorageDirectory, join(folder, 'there'))
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', /KINGSFOIL__HTPT_PORT/)
  })
})

test('a value of the wrong type is refused with key, place and type, but not repeated', async () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['"HttpPort": "secret"', 'HttpPort', 'an integer from 0 to 65535'],
    ['"HttpPort": 65536', 'HttpPort', 'an integer'],
    ['"HttpPort": 1.5', 'HttpPort', 'an integer'],
    ['"HttpServerEnabled": 1', 'HttpServerEnabled', 'true or false'],
    ['"RegisteredUsers": { "alice": 7 }', 'RegisteredUsers.alice', 'a string'],
    ['"DicomModalities": { "ct": ["CT", "host", "104x"] }', 'DicomModalities.ct.Port', 'an integer from 1'],
    ['"DicomModalities": { "ct": ["CT", "host"] }', 'DicomModalities.ct', '[AET, host, port]'],
    ['"DicomAet": "SEVENTEEN LETTERS"', 'DicomAet', 'an AE title'],
    ['"DicomAet": "A\\\\B"', 'DicomAet', 'an AE title'],
    ['"MaximumPduLength": 4095', 'MaximumPduLength', 'from 4096 to 131072'],
    ['"UserMetadata": { "x": 1023 }', 'UserMetadata.x', 'from 1024 to 65535'],
    ['"ExtraMainDicomTags": { "Image": [] }', 'ExtraMainDicomTags', 'one of "Patient"'],
    ['"OverwriteInstances": "Sometimes"', 'OverwriteInstances', '"Always"'],
  ]
  for (const [line, key, expected] of cases) {
    await inFolder({ 'a.json': `{\n${line} }` }, async (_, load) => {
      await assert.rejects(load(), fails('BadParameterType', `${key} (`, 'a.json:2', expected))
      await assert.rejects(load(), (error) => error instanceof Error && !error.message.includes('secret'))
    })
  }
})

test('text that is no JSON, and files that are not there, are named', async () => {
  await inFolder({ 'a.json': '{\n "HttpPort": }' }, async (_, load) => {
    await assert.rejects(load(), fails('BadJson', 'a.json:2'))
    await assert.rejects(load({ paths: ['b.json'] }), fails('InexistentFile', 'b.json'))
  })
  await inFolder({ 'a.json': '[]' }, async (_, load) => {
    await assert.rejects(load(), fails('BadJson', 'not a JSON object'))
  })
})

test('unknown keys, sections of plugins and options not in effect yet get one warning each', async () => {
  const text =
    '{ "HtpPort": 1, "Qwertyuiop": 1, "DicomWeb": {}, "WebDavDeleteAllowed": true, "WebDavEnabled": true, "MallocArenaMax": 9 }'
  await inFolder({ 'a.json': text }, async (_, load) => {
    const { warnings } = await load()
    assert.equal(warnings.length, 4)
    assert.match(warnings[0] ?? '', /HtpPort.*did you mean HttpPort/)
    assert.match(warnings[1] ?? '', /Qwertyuiop.*not a known option$/)
    assert.match(warnings[2] ?? '', /DicomWeb.*plugin/)
    assert.match(warnings[3] ?? '', /WebDavDeleteAllowed.*not in effect/)
  })
})

test('modalities come as lists or objects, with what they may do', async () => {
  const text = `{ "DicomModalities": {
    "a": ["A", "10.0.0.1", 104],
    "b": ["B", "10.0.0.2", 104, "ClearCanvas"],
    "c": { "AET": "C", "Host": "c", "Port": 11112, "AllowStore": false, "AllowStorageCommitment": false, "Timeout": 7 } } }`
  await inFolder({ 'a.json': text }, async (_, load) => {
    const { DicomModalities } = (await load()).config
    assert.deepEqual([...(DicomModalities.get('a')?.allowed ?? [])].length, 8)
    assert.equal(DicomModalities.get('b')?.manufacturer, 'Generic')
    assert.deepEqual(
      [...(DicomModalities.get('c')?.allowed ?? [])],
      ['Echo', 'Find', 'FindWorklist', 'Get', 'Move'],
    )
    assert.equal(DicomModalities.get('c')?.timeout, 7)
  })
})

const debian = '/etc/orthanc'
const readable = existsSync(debian) && (await canRead(join(debian, 'credentials.json')))

async function canRead(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

test('the configuration that Debian installs for Orthanc loads as it is', {
  skip: readable ? false : 'it is not installed here',
}, async () => {
  const { config, warnings } = await loadConfig({ paths: [debian], environment: {}, directory: '/' })
  assert.equal(config.StorageDirectory, '/var/lib/orthanc/db-v6')
  assert.equal(config.RegisteredUsers?.size, 0)
  assert.ok(
    warnings.every((warning) => !warning.includes('not a known option')),
    warnings.join('\n'),
  )
})
