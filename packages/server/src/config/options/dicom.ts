import { aeTitle } from '../dicom-types.ts'
import { modalities } from '../modality.ts'
import { effective, inapplicable, planned } from '../option.ts'
import { boolean, integer, listOf, oneOf, path, text } from '../value-type.ts'

const port = integer(0, 65_535)

export const dicomServerOptions = {
  DicomServerEnabled: effective(boolean, true, 'Whether DICOM associations are accepted.'),
  DicomAet: effective(aeTitle, 'ORTHANC', 'AE title of the server.'),
  DicomPort: effective(port, 4242, 'TCP port of the DICOM server; 0: any free one.'),
  DicomBindAddress: effective(
    text,
    '',
    'Address that the DICOM server listens on. Empty: all. Not an option of Orthanc.',
  ),
  DicomThreadsCount: effective(integer(1), 4, 'Associations that are served at the same time; others wait.'),
  DicomCheckCalledAet: effective(boolean, false, 'Whether associations must call `DicomAet`.'),
  StrictAetComparison: effective(boolean, false, 'Whether upper and lower case of AE titles differ.'),
  DicomScpTimeout: effective(integer(), 30, 'Seconds of silence that end an association; 0: never.'),
  // Not Orthanc's 16384: senders that may use long PDUs store up to twice as many instances per second.
  MaximumPduLength: effective(integer(4096, 131_072), 131_072, 'Bytes of the longest PDU to receive.'),
  DicomAlwaysAllowEcho: effective(boolean, true, 'Whether anybody may send C-ECHO.'),
  DicomAlwaysAllowStore: effective(boolean, true, 'Whether anybody may send C-STORE.'),
  DicomAlwaysAllowFind: effective(boolean, false, 'Whether anybody may send C-FIND.'),
  DicomAlwaysAllowFindWorklist: planned(boolean, false, 'Whether anybody may send C-FIND for worklists.'),
  DicomAlwaysAllowGet: planned(boolean, false, 'Whether anybody may send C-GET.'),
  DicomAlwaysAllowMove: planned(boolean, false, 'Whether anybody may send C-MOVE.'),
  DicomCheckModalityHost: effective(
    boolean,
    false,
    'Whether a known AE title is only believed when it comes from the host of its modality.',
  ),
  DicomModalities: effective(
    modalities,
    {},
    'Remote DICOM applications, by name: [AET, host, port], optionally with the manufacturer, or an object.',
  ),
  DicomModalitiesInDatabase: planned(boolean, false, 'Whether the list of modalities lives in the database.'),
  QueryRetrieveSize: planned(integer(), 100, 'Queries that are kept.'),
  StorageCommitmentReportsSize: planned(integer(), 100, 'Reports of storage commitment that are kept.'),
  LimitFindResults: effective(
    integer(),
    0,
    'Patients, studies or series that a search may find; 0: no limit.',
  ),
  LimitFindInstances: effective(integer(), 0, 'Instances that a search may find; 0: no limit.'),
  CaseSensitivePN: effective(
    boolean,
    false,
    'Whether upper and lower case differ when person names are matched.',
  ),
  SynchronousCMove: planned(boolean, true, 'Whether C-MOVE answers only when it has sent everything.'),
  LogExportedResources: effective(boolean, false, 'Whether `/exports` lists what was sent.'),
  StableAge: effective(integer(1), 60, 'Seconds without a new instance after which a resource is stable.'),
}

export const dicomClientOptions = {
  DicomScuTimeout: effective(integer(), 10, 'Seconds to wait for a remote application; 0: for ever.'),
  DicomAssociationCloseDelay: effective(integer(), 5, 'Seconds that an idle outgoing association is kept.'),
  DicomEchoChecksFind: effective(boolean, false, 'Whether the echo routes try C-FIND, too.'),
  DicomDefaultRetrieveMethod: planned(oneOf('C-MOVE', 'C-GET'), 'C-MOVE', 'How instances are retrieved.'),
}

export const dicomTlsOptions = {
  DicomTlsEnabled: effective(boolean, false, 'Whether the DICOM server speaks TLS.'),
  DicomTlsCertificate: effective(path, '', 'Certificate (PEM).'),
  DicomTlsPrivateKey: effective(path, '', 'Private key (PEM).'),
  DicomTlsTrustedCertificates: effective(
    path,
    '',
    'Certificates that remote applications are trusted for (PEM).',
  ),
  DicomTlsRemoteCertificateRequired: effective(
    boolean,
    true,
    'Whether remote applications need a certificate.',
  ),
  DicomTlsMinimumProtocolVersion: effective(integer(0, 5), 0, 'Least version of TLS; 0: BCP 195 decides.'),
  DicomTlsCiphersAccepted: effective(
    listOf(text),
    [],
    "Ciphers before TLS 1.3, by their OpenSSL names. Empty: the runtime's.",
  ),
}

export const toolkitOptions = {
  BuiltinDecoderTranscoderOrder: inapplicable(
    oneOf('After', 'Before', 'Disabled'),
    'After',
    'Whether the own codecs come after or before those of plugins.',
  ),
  MaximumConcurrentDcmtkTranscoders: inapplicable(
    integer(),
    0,
    'Transcodings at the same time; 0: one per CPU core.',
  ),
}
