/** Whether a UID fits a pattern in which `*` stands for any text and `?` for one character. */
export function matchesUid(uid: string, pattern: string): boolean {
  let [at, from] = [0, 0]
  /** Where to go on when the text after the last `*` turns out not to fit. */
  let retry: { readonly from: number; at: number } | undefined
  while (at < uid.length) {
    const wanted = pattern[from]
    if (wanted === '*') {
      from += 1
      retry = { from, at }
    } else if (wanted === '?' || wanted === uid[at]) {
      from += 1
      at += 1
    } else if (retry !== undefined) {
      retry.at += 1
      at = retry.at
      from = retry.from
    } else {
      return false
    }
  }
  while (pattern[from] === '*') from += 1
  return from === pattern.length
}
