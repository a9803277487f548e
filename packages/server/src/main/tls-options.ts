import { readFile } from 'node:fs/promises'
import type { SecureVersion, TlsOptions } from 'node:tls'
import type { Config } from '../config/options.ts'
import { DomainError } from '../model/domain-error.ts'

/** 0 leaves it to BCP 195, that is to TLS 1.2; what is older than TLS 1.0 nobody speaks any more. */
const leastVersions: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

async function readPem(path: string, key: keyof Config): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new DomainError('InexistentFile', `${key}: ${path === '' ? 'not given' : path}`, { cause: error })
  }
}

/** Undefined for plain DICOM. Errors: `InexistentFile`. */
export async function dicomTls(config: Config): Promise<TlsOptions | undefined> {
  if (!config.DicomTlsEnabled) return undefined
  const ciphers = config.DicomTlsCiphersAccepted
  const options = {
    cert: await readPem(config.DicomTlsCertificate, 'DicomTlsCertificate'),
    key: await readPem(config.DicomTlsPrivateKey, 'DicomTlsPrivateKey'),
    minVersion: leastVersions[config.DicomTlsMinimumProtocolVersion] ?? 'TLSv1.2',
    ...(ciphers.length > 0 && { ciphers: ciphers.join(':') }),
  }
  if (!config.DicomTlsRemoteCertificateRequired) return options
  const ca = await readPem(config.DicomTlsTrustedCertificates, 'DicomTlsTrustedCertificates')
  return { ...options, ca, requestCert: true, rejectUnauthorized: true }
}
