/** Parts of the log with a verbosity of their own. */
export const logCategories = ['generic', 'plugins', 'http', 'sqlite', 'dicom', 'jobs', 'lua'] as const

export type LogCategory = (typeof logCategories)[number]

export const verbosities = ['default', 'verbose', 'trace'] as const

export type Verbosity = (typeof verbosities)[number]
