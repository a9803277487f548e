/** Rooms that the edges may use: everything that is a capability of the server. */
const features = ['resources', 'find', 'frames', 'edits', 'archives', 'remotes'] as const

const edge = [...features, 'ingest', 'jobs', 'job-types', 'changes', 'auth', 'metrics'] as const

/** Which room of the server may import which others. Every room may import `model` and the packages. */
export const rooms: Readonly<Record<string, readonly string[] | 'all'>> = {
  model: [],
  config: [],
  metrics: [],
  auth: [],
  blobs: [],
  catalog: [],
  changes: ['catalog'],
  ingest: ['blobs', 'catalog', 'changes'],
  resources: ['blobs', 'catalog', 'changes'],
  find: ['catalog'],
  frames: ['blobs', 'catalog'],
  edits: ['blobs', 'catalog', 'ingest'],
  archives: ['blobs', 'catalog'],
  remotes: [],
  jobs: ['catalog'],
  'job-types': ['jobs', ...features],
  automation: ['changes', 'jobs', 'job-types'],
  dimse: edge,
  rest: edge,
  dicomweb: edge,
  cli: edge,
  main: 'all',
}

/** What each package may import besides Node itself. */
export const packageDependencies: Readonly<Record<string, readonly string[]>> = {
  dicom: [],
  dimse: ['@kingsfoil/dicom'],
  server: [
    '@fastify/busboy',
    '@kingsfoil/dicom',
    '@kingsfoil/dimse',
    'commander',
    'find-my-way',
    'jsonc-parser',
    'pino',
    'typebox',
    'undici',
    'yauzl',
  ],
}

interface Privilege {
  /** Modules of Node. */
  readonly modules: readonly string[]
  /** Where they may be imported, and why. */
  readonly allowed: Readonly<Record<string, string>>
}

/** Modules of Node that reach out of the process: each has few places. */
export const privileges: readonly Privilege[] = [
  {
    modules: ['node:sqlite'],
    allowed: { 'packages/server/src/catalog/': 'the catalog alone speaks SQL' },
  },
  {
    modules: ['node:net', 'node:tls', 'node:dgram'],
    allowed: {
      'packages/dimse/src/transport/': 'the only place that opens DICOM sockets',
      'packages/server/src/automation/private-address.ts': 'tells addresses apart',
      'packages/server/src/automation/public-connector.ts': 'tells addresses from names',
      'packages/server/src/main/tls-options.ts': 'tries certificates and ciphers before a port is open',
    },
  },
  {
    modules: ['node:http', 'node:https', 'node:http2'],
    allowed: { 'packages/server/src/rest/': 'the HTTP server' },
  },
  {
    modules: ['node:fs', 'node:fs/promises'],
    allowed: {
      'packages/server/src/blobs/': 'the only place that opens stored files',
      'packages/server/src/catalog/': 'makes the folder of its database',
      'packages/server/src/cli/':
        'reads folders to import, writes the demonstration and the sample configuration',
      'packages/server/src/config/': 'reads configuration files',
      'packages/server/src/main/': 'opens the log file, reads certificates',
      'packages/server/src/rest/body/': 'spools uploaded archives, whose directory stands at their end',
    },
  },
]
