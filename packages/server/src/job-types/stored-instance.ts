import { DomainError } from '../model/domain-error.ts'
import type { InstanceSource } from '../remotes/instance-source.ts'
import type { Resources } from '../resources/resources.ts'

/** The file of a stored instance, and its size in bytes. Errors: `UnknownResource`, `BadFileFormat`. */
export async function storedInstance(
  id: string,
  resources: Pick<Resources, 'file' | 'header'>,
): Promise<InstanceSource & { readonly size: number }> {
  const [content, head] = [await resources.file(id), await resources.header(id)]
  if (content === undefined || head === undefined) {
    throw new DomainError('UnknownResource', `The instance ${id} is not there any more`)
  }
  return {
    head,
    size: content.file.size,
    read: (range) => content.read(range),
    readInflated: () => content.readInflated(),
  }
}
