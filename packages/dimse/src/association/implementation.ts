import type { Implementation } from './association-info.ts'

/** A UUID-derived UID (PS3.5 B.2); it names the product, not a version. */
export const defaultImplementation: Implementation = {
  implementationClassUid: '2.25.110884528574107912897022836404482453554',
  implementationVersionName: 'KINGSFOIL_0_1',
}
