import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rejectReasons, verificationSopClassUid } from '@kingsfoil/dimse'
import { type AcceptanceOptions, decideAcceptance, type Requestor } from './acceptance.ts'
import { type DicomRequest, isAllowed, type KnownModality } from './permissions.ts'

const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'
const mrImageStorage = '1.2.840.10008.5.1.4.1.1.4'
const studyRootFind = '1.2.840.10008.5.1.4.1.2.2.1'
const modalityWorklistFind = '1.2.840.10008.5.1.4.31'

const modality = (aeTitle: string, host: string, ...allowed: readonly DicomRequest[]): KnownModality => ({
  aeTitle,
  host,
  allowed: new Set(allowed),
})

function optionsWith(changes: Partial<AcceptanceOptions> = {}): AcceptanceOptions {
  return {
    aeTitle: 'ORTHANC',
    checkCalledAeTitle: false,
    strictAeTitles: false,
    alwaysAllowed: new Set<DicomRequest>(['Echo', 'Store']),
    modalities: [],
    checkModalityHost: false,
    storageSyntaxes: ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'],
    acceptedSopClasses: undefined,
    rejectedSopClasses: [],
    acceptUnknownSopClasses: false,
    ...changes,
  }
}

const requestor: Requestor = { callingAeTitle: 'CT1', calledAeTitle: 'ORTHANC', remoteAddress: '10.0.0.1' }

function decide(changes: Partial<AcceptanceOptions>, request: Partial<Requestor> = {}) {
  return decideAcceptance({ ...requestor, ...request }, optionsWith(changes))
}

/** What becomes of a presentation context. */
function syntaxes(changes: Partial<AcceptanceOptions>, abstractSyntax: string) {
  const decision = decide(changes)
  return 'reject' in decision ? 'rejected' : decision.transferSyntaxesFor(abstractSyntax)
}

test('the called AE title matters when it is checked, its case when that is strict', () => {
  const wrong = { reject: rejectReasons.calledAeTitleNotRecognized }
  assert.deepEqual(decide({ checkCalledAeTitle: true }, { calledAeTitle: 'OTHER' }), wrong)
  assert.ok(!('reject' in decide({ checkCalledAeTitle: true }, { calledAeTitle: ' orthanc ' })))
  assert.deepEqual(
    decide({ checkCalledAeTitle: true, strictAeTitles: true }, { calledAeTitle: 'orthanc' }),
    wrong,
  )
  assert.ok(!('reject' in decide({}, { calledAeTitle: 'OTHER' })))
})

test('strangers are rejected when nothing is open to everybody', () => {
  const closed = { alwaysAllowed: new Set<DicomRequest>() }
  const wrong = { reject: rejectReasons.callingAeTitleNotRecognized }
  assert.deepEqual(decide(closed), wrong)
  assert.ok(!('reject' in decide({ ...closed, modalities: [modality('ct1', 'x', 'Store')] })))
  const checked = { ...closed, checkModalityHost: true }
  assert.deepEqual(decide({ ...checked, modalities: [modality('CT1', '10.0.0.2', 'Store')] }), wrong)
  const known = { ...checked, modalities: [modality('CT1', '10.0.0.1', 'Store')] }
  assert.ok(!('reject' in decide(known, { remoteAddress: '::ffff:10.0.0.1' })))
})

test('verification and storage are accepted, our order of transfer syntaxes decides', () => {
  assert.deepEqual(syntaxes({}, ctImageStorage), ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'])
  assert.deepEqual(syntaxes({}, verificationSopClassUid), [
    '1.2.840.10008.1.2.1',
    '1.2.840.10008.1.2.2',
    '1.2.840.10008.1.2',
  ])
  assert.equal(syntaxes({}, modalityWorklistFind), undefined)
  assert.equal(syntaxes({}, '1.2.3'), undefined)
})

test('lists of SOP classes restrict storage; unknown ones may be let in, known services never', () => {
  assert.equal(syntaxes({ acceptedSopClasses: ['*.1.1.4'] }, ctImageStorage), undefined)
  assert.ok(Array.isArray(syntaxes({ acceptedSopClasses: ['*.1.1.4'] }, mrImageStorage)))
  assert.equal(syntaxes({ rejectedSopClasses: ['*.1.1.?'] }, ctImageStorage), undefined)
  assert.ok(Array.isArray(syntaxes({ acceptUnknownSopClasses: true }, '1.2.3')))
  assert.equal(syntaxes({ acceptUnknownSopClasses: true, rejectedSopClasses: ['1.2.3'] }, '1.2.3'), undefined)
  assert.equal(syntaxes({ acceptUnknownSopClasses: true }, modalityWorklistFind), undefined)
})

test('searching is for those who may', () => {
  assert.equal(syntaxes({}, studyRootFind), 'refused')
  assert.ok(Array.isArray(syntaxes({ alwaysAllowed: new Set<DicomRequest>(['Find']) }, studyRootFind)))
  assert.ok(Array.isArray(syntaxes({ modalities: [modality('CT1', 'x', 'Find')] }, studyRootFind)))
  assert.equal(syntaxes({ modalities: [modality('CT1', 'x', 'Store')] }, studyRootFind), 'refused')
})

test('contexts of what the caller may not do are refused', () => {
  const options = { alwaysAllowed: new Set<DicomRequest>(['Echo']) }
  assert.equal(syntaxes(options, ctImageStorage), 'refused')
  assert.ok(Array.isArray(syntaxes(options, verificationSopClassUid)))
  assert.ok(
    Array.isArray(syntaxes({ ...options, modalities: [modality('CT1', 'x', 'Store')] }, ctImageStorage)),
  )
})

test('of several modalities with one AE title all must allow, or one when hosts are checked', () => {
  const caller = { aeTitle: 'CT1', remoteAddress: '10.0.0.1' }
  const modalities = [modality('CT1', '10.0.0.1', 'Store'), modality('CT1', '10.0.0.2')]
  const options = optionsWith({ alwaysAllowed: new Set(), modalities })
  assert.equal(isAllowed('Store', caller, options), false)
  assert.equal(isAllowed('Store', caller, { ...options, checkModalityHost: true }), true)
  assert.equal(
    isAllowed('Store', { ...caller, remoteAddress: '10.0.0.2' }, { ...options, checkModalityHost: true }),
    false,
  )
})
