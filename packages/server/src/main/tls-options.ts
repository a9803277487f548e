import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type ConnectionOptions, createSecureContext, type SecureVersion, type TlsOptions } from 'node:tls'
import type { Config } from '../config/options.ts'
import { DomainError } from '../model/domain-error.ts'
import type { ErrorCode } from '../model/errors.ts'

/** 0 leaves it to BCP 195, that is to TLS 1.2; what is older than TLS 1.0 nobody speaks any more. */
const leastVersions: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/** OpenSSL's lists are of ciphers before TLS 1.3, but Node takes TLS 1.3 away when none of these is named. */
const tls13Ciphers = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']

const fips140Ciphers = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-SHA384',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA',
]

/** The options of one of the two servers. */
const dicomKeys = {
  enabled: 'DicomTlsEnabled',
  certificate: 'DicomTlsCertificate',
  privateKey: 'DicomTlsPrivateKey',
  minimumVersion: 'DicomTlsMinimumProtocolVersion',
  ciphers: 'DicomTlsCiphersAccepted',
  verifyPeers: 'DicomTlsRemoteCertificateRequired',
  trustedPeers: 'DicomTlsTrustedCertificates',
} as const satisfies Readonly<Record<string, keyof Config>>

const httpKeys = {
  enabled: 'SslEnabled',
  certificate: 'SslCertificate',
  privateKey: 'SslCertificate',
  minimumVersion: 'SslMinimumProtocolVersion',
  ciphers: 'SslCiphersAccepted',
  verifyPeers: 'SslVerifyPeers',
  trustedPeers: 'SslTrustedClientCertificates',
} as const satisfies Readonly<Record<keyof typeof dicomKeys, keyof Config>>

/**
 * Undefined for plain DICOM. Errors: `InexistentFile`; `BadFileFormat` for a file that does not hold what it should;
 * `ParameterOutOfRange` for unknown ciphers.
 */
export const dicomTls = (config: Config): Promise<TlsOptions | undefined> => tlsOptions(config, dicomKeys, [])

/**
 * For modalities that are called over TLS, with the files and settings of the server. Certificates are trusted by name
 * in a file, so that the name of their host need not stand in them. Errors: as `dicomTls`.
 */
export async function dicomClientTls(config: Config): Promise<ConnectionOptions> {
  const options = await enabledOptions(config, dicomKeys, [])
  if (!config[dicomKeys.verifyPeers]) return { ...options, rejectUnauthorized: false }
  return { ...options, checkServerIdentity: () => undefined }
}

/** Undefined for plain HTTP. Errors: as `dicomTls`. */
export const httpTls = (config: Config): Promise<TlsOptions | undefined> =>
  tlsOptions(config, httpKeys, fips140Ciphers)

async function tlsOptions(
  config: Config,
  keys: typeof dicomKeys | typeof httpKeys,
  defaultCiphers: readonly string[],
): Promise<TlsOptions | undefined> {
  return config[keys.enabled] ? enabledOptions(config, keys, defaultCiphers) : undefined
}

async function enabledOptions(
  config: Config,
  keys: typeof dicomKeys | typeof httpKeys,
  defaultCiphers: readonly string[],
) {
  const chosen = config[keys.ciphers]
  const ciphers = chosen.length > 0 ? chosen : defaultCiphers
  const options = {
    cert: await readPem(config, keys.certificate),
    key: await readPem(config, keys.privateKey),
    minVersion: leastVersions[config[keys.minimumVersion]] ?? 'TLSv1.2',
    ...(ciphers.length > 0 && { ciphers: withTls13(ciphers).join(':') }),
  }
  const { cert, key, ...settings } = options
  const certificates = [...new Set([keys.certificate, keys.privateKey])]
  check('BadFileFormat', config, certificates, () => void createSecureContext({ cert, key }))
  check('ParameterOutOfRange', config, [keys.ciphers], () => void createSecureContext(settings))
  if (!config[keys.verifyPeers]) return options
  const ca = await readPem(config, keys.trustedPeers)
  // OpenSSL passes over what is no certificate.
  check('BadFileFormat', config, [keys.trustedPeers], () => void new X509Certificate(ca))
  return { ...options, ca, requestCert: true, rejectUnauthorized: true }
}

function withTls13(ciphers: readonly string[]): readonly string[] {
  return ciphers.some((cipher) => cipher.startsWith('TLS_')) ? ciphers : [...ciphers, ...tls13Ciphers]
}

async function readPem(config: Config, key: keyof Config): Promise<Buffer> {
  const path = String(config[key])
  try {
    return await readFile(path)
  } catch (error) {
    const reason = path === '' ? 'not given' : error instanceof Error ? error.message : String(error)
    throw new DomainError('InexistentFile', `${key}: ${reason}`, { cause: error })
  }
}

/** Names the options whose values OpenSSL does not understand. */
function check(code: ErrorCode, config: Config, keys: readonly (keyof Config)[], use: () => void): void {
  try {
    use()
  } catch (error) {
    const values = keys.map((key) => `${key} (${String(config[key])})`).join(', ')
    throw new DomainError(code, `${values}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
