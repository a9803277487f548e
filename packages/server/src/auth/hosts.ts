/** 127.0.0.0/8, ::1, and the former written as IPv6. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address)
}

const localHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i

/** Whether a `Host` header names this machine from within. */
export const isLocalHost = (host: string): boolean => localHost.test(host)

/** Whether a page at `origin` (RFC 6454 section 7) was served by whoever answers to `host`. */
export function isSameOrigin(origin: string, host: string | undefined): boolean {
  const match = /^https?:\/\/([^/]+)$/i.exec(origin)
  return match !== null && host !== undefined && match[1]?.toLowerCase() === host.toLowerCase()
}
