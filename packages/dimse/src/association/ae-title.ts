/**
 * An AE title as PS3.5 6.2 defines it: 1 to 16 printable ISO 646 characters without backslash, spaces around it not
 * significant. Returns it trimmed, undefined if it is none. It may hold `/` and `.`: never use it as a path.
 */
export function parseAeTitle(text: string): string | undefined {
  const trimmed = text.replace(/^ +| +$/g, '')
  return /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(trimmed) ? trimmed : undefined
}
