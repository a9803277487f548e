/** Runs a server inside a program. Usage: embed.ts FOLDER */
import { createLog, loadConfig, start } from 'kingsfoil'

const [folder = 'data'] = process.argv.slice(2)

const { config } = await loadConfig({
  paths: [],
  environment: {},
  directory: process.cwd(),
  overrides: {
    StorageDirectory: folder,
    HttpPort: 0,
    HttpBindAddresses: ['127.0.0.1'],
    DicomServerEnabled: false,
  },
})

const server = await start(config, createLog('silent'))
const answer = await fetch(`http://127.0.0.1:${server.httpPort}/statistics`)
console.log(await answer.json())
await server.stop()
