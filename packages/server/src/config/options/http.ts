import { absent, effective, inapplicable, planned } from '../option.ts'
import { users } from '../structured-types.ts'
import { anyObject, boolean, integer, listOf, mapOf, path, text } from '../value-type.ts'
import { webhook } from '../webhook.ts'

const port = integer(0, 65_535)

export const httpOptions = {
  HttpServerEnabled: effective(boolean, true, 'Whether the REST API is served.'),
  HttpPort: effective(port, 8042, 'TCP port of the REST API; 0: any free one.'),
  HttpBindAddresses: effective(listOf(text), [], 'Addresses to listen on. Empty: all.'),
  OrthancExplorerEnabled: planned(boolean, true, "Whether Orthanc's own user interface is served."),
  HttpThreadsCount: inapplicable(integer(1), 50, 'Threads that serve requests.'),
  HttpRequestTimeout: effective(
    integer(),
    30,
    'Seconds without a byte after which a connection is given up; 0: never.',
  ),
  KeepAlive: effective(boolean, true, 'Whether a connection serves several requests.'),
  KeepAliveTimeout: effective(integer(), 1, 'Seconds that an idle connection is kept.'),
  TcpNoDelay: inapplicable(boolean, true, "Whether Nagle's algorithm is off. It always is."),
  HttpDescribeErrors: effective(boolean, true, 'Whether an error has a JSON body.'),
  HttpCompressionEnabled: effective(
    boolean,
    false,
    'Whether answers are compressed for clients that accept it.',
  ),
  MaximumRequestBodySizeMB: effective(integer(), 8192, 'Megabytes of a request body; 0: no limit.'),
  WebDavEnabled: planned(boolean, true, 'Whether `/webdav` is served.'),
  WebDavDeleteAllowed: planned(boolean, false, 'Whether WebDAV may delete.'),
  WebDavUploadAllowed: planned(boolean, true, 'Whether WebDAV may upload.'),
  RestApiWriteToFileSystemEnabled: planned(
    boolean,
    false,
    'Whether clients may have files written on the server.',
  ),
}

export const securityOptions = {
  RemoteAccessAllowed: effective(
    boolean,
    false,
    'Whether clients other than the local host are served over HTTP.',
  ),
  AuthenticationEnabled: absent(
    effective,
    boolean,
    'Whether HTTP asks for a user. Absent: as `RemoteAccessAllowed`.',
  ),
  RegisteredUsers: absent(effective, users, 'Users and their passwords.'),
  SslEnabled: effective(boolean, false, 'Whether the REST API is served over TLS.'),
  SslCertificate: effective(path, 'certificate.pem', 'Certificate and private key, in one file (PEM).'),
  SslMinimumProtocolVersion: effective(
    integer(0, 5),
    4,
    'Least version of TLS; 4: TLS 1.2, 5: TLS 1.3, 0: as 4.',
  ),
  SslCiphersAccepted: effective(
    listOf(text),
    [],
    'Ciphers before TLS 1.3, by their OpenSSL names. Empty: those of FIPS 140-2.',
  ),
  SslVerifyPeers: effective(boolean, false, 'Whether clients need a certificate.'),
  SslTrustedClientCertificates: effective(
    path,
    'trustedClientCertificates.pem',
    'Certificates that clients are trusted for (PEM).',
  ),
  DeidentifyLogs: inapplicable(boolean, true, 'Whether patient data is kept out of the logs. It always is.'),
  DeidentifyLogsDicomVersion: inapplicable(
    text,
    '2023b',
    'Edition of the profile that `DeidentifyLogs` follows.',
  ),
  Pkcs11: absent(planned, anyObject, 'Hardware that holds the client certificate of outgoing requests.'),
}

export const httpClientOptions = {
  Webhooks: effective(
    mapOf(webhook),
    {},
    'Receivers that are told of changes, by name. Not an option of Orthanc: see the guide to events.',
  ),
  OrthancPeers: planned(anyObject, {}, 'Other servers, by name.'),
  OrthancPeersInDatabase: planned(boolean, false, 'Whether the list of peers lives in the database.'),
  HttpProxy: planned(text, '', 'Proxy of outgoing requests.'),
  HttpTimeout: planned(integer(), 60, 'Seconds after which an outgoing request is given up; 0: never.'),
  HttpVerbose: planned(boolean, false, 'Whether outgoing requests are logged in detail.'),
  HttpsVerifyPeers: planned(boolean, true, 'Whether the certificates of other servers are verified.'),
  HttpsCACertificates: planned(path, '', "Certificate authorities (PEM). Empty: the system's."),
}
