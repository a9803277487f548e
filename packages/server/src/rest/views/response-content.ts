import type { View } from '../route.ts'

/** What clients may ask to be shown of a resource, with the members that it takes. */
const membersOfContent = {
  MainDicomTags: ['MainDicomTags', 'PatientMainDicomTags'],
  Metadata: ['Metadata'],
  Children: ['Studies', 'Series', 'Instances'],
  Parent: ['ParentPatient', 'ParentStudy', 'ParentSeries'],
  Labels: ['Labels'],
  Status: ['Status', 'ExpectedNumberOfInstances', 'IndexInSeries'],
  IsStable: ['IsStable', 'LastUpdate'],
  IsProtected: ['IsProtected'],
  Attachments: ['Attachments'],
  RequestedTags: ['RequestedTags'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type Content = keyof typeof membersOfContent

export const contents = Object.keys(membersOfContent) as readonly Content[]

/** The members asked for; `ID` and `Type` always are. */
export function pickContent(view: View, content: ReadonlySet<Content>, showsRequested: boolean): View {
  const wanted = new Set<string>(['ID', 'Type', ...(showsRequested ? ['RequestedTags'] : [])])
  for (const each of content) for (const member of membersOfContent[each]) wanted.add(member)
  return Object.fromEntries(Object.entries(view).filter(([member]) => wanted.has(member)))
}
