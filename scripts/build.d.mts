export const entry: string
export const environment: Readonly<Record<string, string>>
export function build(): Promise<void>
export function buildIfStale(): Promise<void>
export const nodeArguments: readonly string[]
