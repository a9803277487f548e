import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { OpenedStorage, Terminal } from './application.ts'
import { phantomStudy } from './phantom/study.ts'

/** Writes the demonstration study into `folder`, or stores it when there is none. */
export async function runDemo(
  folder: string | undefined,
  openStorage: () => Promise<OpenedStorage>,
  terminal: Terminal,
): Promise<number> {
  const count = folder === undefined ? await storeStudy(openStorage) : await writeStudy(folder)
  terminal.err(`${count} instances were ${folder === undefined ? 'stored' : `written to ${folder}`}`)
  return 0
}

async function writeStudy(folder: string): Promise<number> {
  let count = 0
  for (const { path, bytes } of phantomStudy()) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
    count += 1
  }
  return count
}

async function storeStudy(openStorage: () => Promise<OpenedStorage>): Promise<number> {
  const storage = await openStorage()
  try {
    await storage.recover()
    let count = 0
    for (const { bytes } of phantomStudy()) {
      const { status } = await storage.receive(oneChunk(bytes), { kind: 'Import' })
      if (status === 'Success') count += 1
    }
    return count
  } finally {
    await storage.close()
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
