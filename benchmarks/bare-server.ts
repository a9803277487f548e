import { createReadStream, readdirSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

/** The least that a Node server can do: `GET /N` streams file N of a folder, `GET /json` a fixed text. */
const [folder = '.', port = '0'] = process.argv.slice(2)
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.dcm'))
  .sort()
  .map((name) => ({ path: join(folder, name), size: statSync(join(folder, name)).size }))
const json = Buffer.from(
  JSON.stringify(Object.fromEntries(Array.from({ length: 45 }, (_, i) => [`Keyword${i}`, 'some value']))),
)

createServer((incoming, answer) => {
  const file = files[Number(incoming.url?.slice(1))]
  if (incoming.url === '/json') {
    answer.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': json.length }).end(json)
  } else if (file === undefined) {
    answer.writeHead(404, { 'Content-Length': 0 }).end()
  } else {
    answer.writeHead(200, { 'Content-Type': 'application/dicom', 'Content-Length': file.size })
    createReadStream(file.path, { highWaterMark: 256 * 1024 }).pipe(answer)
  }
}).listen(Number(port), '127.0.0.1')
