/** Bundles the server into `dist/`: one file loads several times faster than the sources do. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './toolchain.mjs'

const output = join(root, 'dist')
export const entry = join(output, 'kingsfoil.js')

const entryPoints = {
  kingsfoil: join(root, 'packages/server/src/main/kingsfoil.ts'),
  // Files of their own, because they are bodies of threads.
  'writer-worker': join(root, 'packages/server/src/catalog/sqlite/writer-worker.ts'),
  'blob-worker': join(root, 'packages/server/src/blobs/blob-worker.ts'),
}

/** The environment that the bundle is to be run in. */
export const environment = {
  /** Threads that wait for the disk: as many syncs can be under way. */
  UV_THREADPOOL_SIZE: '16',
  NODE_COMPILE_CACHE: join(output, 'cache'),
}

/**
 * How the bundle's Node manages its memory. What arrives lies outside of the heap, in chunks that live for a moment:
 * a small young generation finds them soon, and a heap that may grow to three times its size is not taken for full on
 * account of them, which would have it collected as a whole some ten times a second.
 */
const memoryArguments = ['--max-semi-space-size=4', '--heap-growing-percent=200']

/**
 * When it compiles functions. Most of them run once for each instance: with V8's own figures, which are made for loops,
 * a server that was just started needs ten thousand instances to become as fast as it gets.
 */
const compilerArguments = ['--invocation-count-for-turbofan=1000']

export const nodeArguments = [...memoryArguments, ...compilerArguments]

/** CommonJS packages in the bundle ask for built-in modules by `require`. */
const requireShim = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`

/** Bundles when a source, the lockfile or this script is newer than the bundle. */
export async function buildIfStale() {
  const built = statSync(entry, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (newestSource() > built) await build()
}

export async function build() {
  const esbuild = await import('esbuild')
  rmSync(output, { recursive: true, force: true })
  mkdirSync(output)
  await esbuild.build({
    entryPoints,
    outdir: output,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // UMD builds hide what they require.
    mainFields: ['module', 'main'],
    target: 'node24',
    banner: { js: requireShim },
    sourcemap: true,
    legalComments: 'linked',
    logLevel: 'warning',
  })
}

function newestSource() {
  const files = ['dicom', 'dimse', 'server'].flatMap((name) => {
    const folder = join(root, 'packages', name, 'src')
    return readdirSync(folder, { recursive: true }).map((file) => join(folder, file))
  })
  const others = ['package-lock.json', 'scripts/build.mjs'].map((file) => join(root, file))
  return Math.max(...[...files, ...others].map((file) => statSync(file).mtimeMs))
}

if (import.meta.main) await build()
