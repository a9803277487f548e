import type { Option } from './option.ts'
import { dicomClientOptions, dicomServerOptions, dicomTlsOptions, toolkitOptions } from './options/dicom.ts'
import { dictionaryOptions, poolOptions } from './options/dictionary.ts'
import { httpClientOptions, httpOptions, securityOptions } from './options/http.ts'
import { processingOptions } from './options/processing.ts'
import { storageOptions } from './options/storage.ts'
import { transferSyntaxOptions } from './options/transfer-syntax.ts'

/** The rows, as the reference groups them. */
export const optionGroups = {
  'Storage and catalog': storageOptions,
  'Plugins, scripts, jobs, archives': processingOptions,
  'HTTP server': httpOptions,
  Security: securityOptions,
  'HTTP client and peers': httpClientOptions,
  'DICOM server': dicomServerOptions,
  'DICOM client': dicomClientOptions,
  'Transfer syntaxes and SOP classes': transferSyntaxOptions,
  'DICOM over TLS': dicomTlsOptions,
  'Dictionaries and character sets': dictionaryOptions,
  'Pools and caches': { ...toolkitOptions, ...poolOptions },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Option<unknown>>>>>

const typedOptions = {
  ...storageOptions,
  ...processingOptions,
  ...httpOptions,
  ...securityOptions,
  ...httpClientOptions,
  ...dicomServerOptions,
  ...dicomClientOptions,
  ...transferSyntaxOptions,
  ...dicomTlsOptions,
  ...dictionaryOptions,
  ...toolkitOptions,
  ...poolOptions,
}

/** What the server runs with: every option, by the key it has in the file. */
export type Config = {
  readonly [Key in keyof typeof typedOptions]: (typeof typedOptions)[Key] extends Option<infer T> ? T : never
}

/** Every row by its key. */
export const options: ReadonlyMap<string, Option<unknown>> = new Map(Object.entries(typedOptions))
