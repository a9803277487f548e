import type { AccessOptions } from '../auth/authenticate.ts'
import type { Config } from '../config/options.ts'

type AccessConfig = Pick<Config, 'RemoteAccessAllowed' | 'AuthenticationEnabled' | 'RegisteredUsers'>

/** Who is let in when nobody is named though the network may come in: known to everybody, hence the warning. */
const defaultUsers = { orthanc: 'orthanc' }

/** Who may use the REST API, and what the operator should know about it. */
export function accessOptions(config: AccessConfig): {
  readonly access: AccessOptions
  readonly warnings: readonly string[]
} {
  const { RemoteAccessAllowed: remoteAccessAllowed, RegisteredUsers: users } = config
  const authenticationEnabled = config.AuthenticationEnabled ?? remoteAccessAllowed
  const usesDefault = remoteAccessAllowed && authenticationEnabled && users === undefined
  const registeredUsers = usesDefault ? defaultUsers : Object.fromEntries(users ?? [])
  const warnings = [
    usesDefault &&
      'No RegisteredUsers are configured: anybody on the network may come in as orthanc with password orthanc',
    remoteAccessAllowed &&
      !authenticationEnabled &&
      'Anybody on the network may read, change and delete everything',
    authenticationEnabled &&
      Object.keys(registeredUsers).length === 0 &&
      'RegisteredUsers is empty: nobody may come in',
  ]
  return {
    access: { remoteAccessAllowed, authenticationEnabled, registeredUsers },
    warnings: warnings.filter((warning) => warning !== false),
  }
}
