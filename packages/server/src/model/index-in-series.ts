/** The metadata IndexInSeries is what InstanceNumber says, be it a number or not; undefined: not. */
export function parseIndexInSeries(text: string): number | undefined {
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined
}
