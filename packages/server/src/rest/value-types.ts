export const jsonType = 'application/json; charset=utf-8'
export const xmlType = 'application/xml; charset=utf-8'

/** Browsers list XML among what they can show; only who asks for it and for neither HTML nor JSON gets it. */
export const wantsXml = (accept: string | undefined): boolean =>
  accept !== undefined &&
  /\b(application|text)\/xml\b/i.test(accept) &&
  !/\b(text\/html|application\/json)\b/i.test(accept)
