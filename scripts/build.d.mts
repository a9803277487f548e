export const entry: string
export const runtime: {
  readonly options: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}
export function build(): Promise<void>
export function buildIfStale(): Promise<void>
