/** Gives memory of so many bytes, with any content. */
export type Allocate = (length: number) => Uint8Array
