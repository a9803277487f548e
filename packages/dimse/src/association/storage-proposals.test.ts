import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { divideStoragePairs, maxPresentationContexts, storageContexts } from './storage-proposals.ts'

const pairsOf = (classes: number, syntaxes: number) =>
  Array.from({ length: classes }, (_, sopClass) =>
    Array.from({ length: syntaxes }, (_, syntax) => ({
      sopClassUid: `1.2.${sopClass}`,
      transferSyntaxUid: `1.3.${syntax}`,
    })),
  ).flat()

describe('divideStoragePairs', () => {
  it('makes nothing of nothing', () => assert.deepEqual(divideStoragePairs([]), []))

  it('fills an association before it begins another', () => {
    assert.deepEqual(
      divideStoragePairs(pairsOf(200, 1)).map(({ length }) => length),
      [maxPresentationContexts, 200 - maxPresentationContexts],
    )
  })

  it('keeps the pairs of a SOP class together', () => {
    const parts = divideStoragePairs(pairsOf(100, 3))
    assert.deepEqual(
      parts.map(({ length }) => length),
      [126, 126, 48],
    )
    const classes = parts.map((part) => new Set(part.map(({ sopClassUid }) => sopClassUid)).size)
    assert.deepEqual(classes, [42, 42, 16])
  })

  it('has each pair once, wherever it stands', () => {
    const pairs = pairsOf(3, 2)
    assert.deepEqual(divideStoragePairs([...pairs, ...pairs.toReversed()]), [pairs])
  })

  it('cuts a SOP class that does not fit into one association', () => {
    assert.deepEqual(
      divideStoragePairs([...pairsOf(1, 1), ...pairsOf(2, 130).slice(130)]).map(({ length }) => length),
      [1, 128, 2],
    )
  })
})

describe('storageContexts', () => {
  it('proposes one transfer syntax in each', () => {
    assert.deepEqual(storageContexts(pairsOf(1, 2)), [
      { abstractSyntax: '1.2.0', transferSyntaxes: ['1.3.0'] },
      { abstractSyntax: '1.2.0', transferSyntaxes: ['1.3.1'] },
    ])
  })
})
