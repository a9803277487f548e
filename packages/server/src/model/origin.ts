/** How an instance arrived: recorded as metadata, and what filters and authorisation look at. */
export interface Origin {
  readonly kind: 'RestApi' | 'DicomProtocol' | 'Lua' | 'Plugins' | 'WebDav' | 'Import'
  readonly remoteIp?: string
  /** HTTP Basic user. */
  readonly username?: string
  readonly remoteAet?: string
  readonly calledAet?: string
}
