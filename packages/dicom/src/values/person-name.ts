/** One way of writing a name (PS3.5 6.2.1.1). */
export interface PersonNameGroup {
  readonly familyName: string
  readonly givenName: string
  readonly middleName: string
  readonly namePrefix: string
  readonly nameSuffix: string
}

/** The component groups of one value of PN as text; '' where empty or absent (PS3.5 6.2.1). */
export interface PersonName {
  readonly alphabetic: string
  readonly ideographic: string
  readonly phonetic: string
}

const trim = (text: string): string => text.replace(/^ +| +$/g, '')

/** Splits one value at `=`. A fourth group, which the standard does not know, stays with the third. */
export function parsePersonName(text: string): PersonName {
  const [alphabetic = '', ideographic = '', ...rest] = text.split('=')
  return { alphabetic: trim(alphabetic), ideographic: trim(ideographic), phonetic: trim(rest.join('=')) }
}

/** Splits a component group at `^`. A sixth component, which the standard does not know, stays with the fifth. */
export function parsePersonNameGroup(text: string): PersonNameGroup {
  const [familyName = '', givenName = '', middleName = '', namePrefix = '', ...rest] = text.split('^')
  return {
    familyName: trim(familyName),
    givenName: trim(givenName),
    middleName: trim(middleName),
    namePrefix: trim(namePrefix),
    nameSuffix: trim(rest.join('^')),
  }
}

/** Joins groups with `=`, without trailing empty ones (PS3.5 6.2.1.2). */
export const formatPersonName = (name: Partial<PersonName>): string =>
  [name.alphabetic ?? '', name.ideographic ?? '', name.phonetic ?? ''].join('=').replace(/=+$/, '')

/** Joins components with `^`, without trailing empty ones (PS3.5 6.2.1.2). */
export const formatPersonNameGroup = (group: Partial<PersonNameGroup>): string =>
  [group.familyName, group.givenName, group.middleName, group.namePrefix, group.nameSuffix]
    .map((component) => component ?? '')
    .join('^')
    .replace(/\^+$/, '')
