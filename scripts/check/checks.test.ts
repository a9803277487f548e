import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { checkCycles } from './cycles.ts'
import { checkDocuments } from './documents.ts'
import { checkWords } from './forbidden-words.ts'
import { checkImports } from './import-rules.ts'
import { checkLockfile } from './lockfile.ts'
import { readSources } from './read-sources.ts'
import { checkSizes, formatSizes } from './sizes.ts'
import type { ImportKind, SourceFile } from './source-file.ts'

function file(path: string, imports: readonly string[] = [], kind: ImportKind = 'value'): SourceFile {
  const described = imports.map((specifier, index) => ({ specifier, kind, line: index + 1 }))
  return { path, imports: described, functions: [], exports: 1, codeLines: 1 }
}

const objectsTo = (path: string, specifier: string, kind: ImportKind = 'value'): readonly string[] =>
  checkImports([file(path, [specifier], kind)]).map(({ message }) => message)

const server = 'packages/server/src'

test('imports: the table of rooms is enforced, for types and workers, too', () => {
  for (const kind of ['value', 'type', 'worker'] as const) {
    assert.deepEqual(objectsTo(`${server}/rest/a.ts`, '../catalog/b.ts', kind), [
      'the room rest may not import the room catalog',
    ])
  }
  assert.deepEqual(objectsTo(`${server}/rest/views/a.ts`, '../../dimse/b.ts'), [
    'the room rest may not import the room dimse',
  ])
  assert.deepEqual(objectsTo(`${server}/jobs/a.ts`, '../job-types/b.ts'), [
    'the room jobs may not import the room job-types',
  ])
  assert.deepEqual(objectsTo(`${server}/cellar/a.ts`, '../model/b.ts'), [
    'the room cellar is not in the table of rooms',
  ])
  assert.deepEqual(objectsTo(`${server}/rest/a.ts`, '../ingest/b.ts'), [])
  assert.deepEqual(objectsTo(`${server}/blobs/a.ts`, '../model/b.ts'), [])
  assert.deepEqual(objectsTo(`${server}/main/a.ts`, '../catalog/b.ts'), [])
})

test('imports: nobody imports main, not even a test; otherwise tests may build what they need', () => {
  assert.deepEqual(objectsTo(`${server}/cli/a.ts`, '../main/b.ts'), ['nobody imports main'])
  assert.deepEqual(objectsTo(`${server}/cli/a.test.ts`, '../main/b.ts'), ['nobody imports main'])
  assert.deepEqual(objectsTo(`${server}/rest/a.test.ts`, '../catalog/b.ts'), [])
})

test('imports: a package stays within itself and away from its own index', () => {
  assert.deepEqual(objectsTo('packages/dicom/src/a/b.ts', '../index.ts'), [
    'a package does not import its own index.ts',
  ])
  assert.equal(objectsTo('packages/dimse/src/a.ts', '../../dicom/src/tag.ts').length, 1)
  assert.equal(objectsTo('packages/dicom/src/a.ts', '@kingsfoil/dimse').length, 1)
  assert.equal(objectsTo('packages/dimse/src/a.ts', 'kingsfoil').length, 1)
  assert.equal(objectsTo(`${server}/rest/a.ts`, 'left-pad').length, 1)
  assert.deepEqual(objectsTo('packages/dimse/src/a.ts', '@kingsfoil/dicom'), [])
  assert.deepEqual(objectsTo(`${server}/main/a.ts`, '../../package.json'), [])
})

test('imports: files, sockets and SQL have their places; dicom has none of Node', () => {
  assert.equal(objectsTo('packages/dicom/src/a.ts', 'node:crypto').length, 1)
  assert.equal(objectsTo('packages/dimse/src/association/a.ts', 'node:net').length, 1)
  assert.equal(objectsTo(`${server}/dimse/a.ts`, 'node:tls').length, 1)
  assert.equal(objectsTo(`${server}/resources/a.ts`, 'node:sqlite').length, 1)
  assert.equal(objectsTo(`${server}/ingest/a.ts`, 'node:fs/promises').length, 1)
  assert.equal(objectsTo(`${server}/rest/routes/a.ts`, 'node:fs').length, 1)
  assert.deepEqual(objectsTo('packages/dimse/src/transport/a.ts', 'node:net'), [])
  assert.deepEqual(objectsTo(`${server}/catalog/sqlite/a.ts`, 'node:sqlite'), [])
  assert.deepEqual(objectsTo(`${server}/blobs/a.ts`, 'node:fs'), [])
  assert.deepEqual(objectsTo(`${server}/blobs/a.test.ts`, 'node:net'), [])
})

test('cycles: a circle of values is found, however long; one of types is none', () => {
  const circle = ['a', 'b', 'c'].map((name, index) => file(`x/${name}.ts`, [`./${'bca'[index]}.ts`]))
  assert.equal(checkCycles(circle).length, 1)
  assert.match(checkCycles(circle)[0]?.message ?? '', /x\/a\.ts -> x\/b\.ts -> x\/c\.ts -> x\/a\.ts/)
  assert.equal(checkCycles([file('x/a.ts', ['./a.ts'])]).length, 1)
  assert.deepEqual(checkCycles([file('x/a.ts', ['./b.ts']), file('x/b.ts', ['./a.ts'], 'type')]), [])
  const diamond = [
    file('x/a.ts', ['./b.ts', './c.ts']),
    file('x/b.ts', ['./d.ts']),
    file('x/c.ts', ['./d.ts']),
  ]
  assert.deepEqual(checkCycles([...diamond, file('x/d.ts')]), [])
})

test('sizes: what is beyond a cap is named, unless it is listed with a reason', () => {
  const large: SourceFile = { ...file('x/src/a/b/c/d/e.ts'), codeLines: 401, exports: 16 }
  const long: SourceFile = { ...file('x/f.ts'), functions: [{ name: 'go', line: 3, lines: 81 }] }
  const problems = checkSizes([large, long], {})
  assert.deepEqual(
    problems.map(({ place }) => place),
    ['x/src/a/b/c/d/e.ts', 'x/f.ts:3 go', 'x/src/a/b/c/d/e.ts', 'x/src/a/b/c/d'],
  )
  assert.deepEqual(checkSizes([long], { 'x/f.ts': 'one state machine' }), [])
  assert.match(formatSizes([large, long]), /lines per function +81 +81 +81 +80 {2}x\/f\.ts:3 go/)
})

test('documents: one that differs, or is not there, is out of date', () => {
  const documents = { 'a.md': () => 'a', 'b.md': () => 'b', 'c.md': () => 'c' }
  const found = checkDocuments(documents, (path) => ({ 'a.md': 'a', 'b.md': 'B' })[path])
  assert.deepEqual(
    found.map(({ place }) => place),
    ['b.md', 'c.md'],
  )
})

test('words: paths of one machine and hosts of registries are found', () => {
  const bad = ['cd /wo' + 'rk/main', "open('/ro" + "ot/x')", 'https://regis' + 'try.example.org/x']
  const good = ['../work/main', 'https://example.org/work/x', '/workspace/', 'the root/branch']
  const found = checkWords([{ path: 'a.md', text: [...good, ...bad].join('\n') }])
  assert.deepEqual(
    found.map(({ place }) => place),
    ['a.md:5', 'a.md:6', 'a.md:7'],
  )
})

test('lockfile: an optional package that is not locked is found', () => {
  const optionalDependencies = { 'tool-linux': '1', 'tool-windows': '1' }
  const locked = { 'node_modules/tool': { optionalDependencies }, 'node_modules/tool-linux': {} }
  assert.deepEqual(
    checkLockfile({ packages: locked }).map(({ message }) => message),
    ['tool-windows, optional for node_modules/tool, is missing'],
  )
  assert.deepEqual(checkLockfile({ packages: { ...locked, 'node_modules/tool-windows': {} } }), [])
})

const sample = `import { a } from './a.ts'
import type { B } from './b.ts'
export { c } from './c.ts'
export type { D } from './d.ts'
import { e, type F } from './e.ts'

/**
 * Not a line of code.
 */
export const one = 1, two = 2
// Neither is this.
export function work(b: B): unknown {
  const url = new URL('./worker.ts', import.meta.url)
  return [a, b, e, url, import('./g.ts'), () => 1] satisfies (F | unknown)[]
}
`

test('sources: the compiler tells imports, exports, functions and lines of code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kingsfoil-sources-'))
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  try {
    write('tsconfig.json', '{ "include": ["src/**/*.ts"] }')
    write('src/sample.ts', sample)
    const [read] = readSources(folder)
    assert.equal(read?.path, 'src/sample.ts')
    const imports = [...(read?.imports ?? [])].sort((x, y) => x.specifier.localeCompare(y.specifier))
    assert.deepEqual(
      imports.map(({ specifier, kind, line }) => `${specifier} ${kind} ${line}`),
      [
        './a.ts value 1',
        './b.ts type 2',
        './c.ts value 3',
        './d.ts type 4',
        './e.ts value 5',
        './g.ts value 14',
        './worker.ts worker 13',
      ],
    )
    assert.equal(read?.exports, 5)
    assert.equal(read?.codeLines, 10)
    assert.deepEqual(read?.functions[0], { name: 'work', line: 12, lines: 4 })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
