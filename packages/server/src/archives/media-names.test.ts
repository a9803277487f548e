import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mediaLimits } from './media-limits.ts'
import { mediaName, mediaSteps } from './media-names.ts'

test('names have at most eight characters, up to the last file', () => {
  assert.deepEqual(mediaName(0), { path: 'IMAGES/', name: 'IM0' })
  assert.deepEqual(mediaName(999_999), { path: 'IMAGES/', name: 'IM999999' })
  assert.deepEqual(mediaName(1_000_000), { path: 'IMAGES1/', name: 'IM0' })
  assert.deepEqual(mediaName(99_999_999), { path: 'IMAGES99/', name: 'IM999999' })
  assert.throws(() => mediaName(100_000_000), { code: 'BadRequest' })
})

test('the steps of an archive keep their instances and get the names of a media set', () => {
  const steps = [
    {
      folders: [
        {
          path: 'A/B/C/',
          files: [
            ['a', 'MR000001.dcm'],
            ['b', 'MR000002.dcm'],
          ] as const,
        },
        { path: 'A/B/D/', files: [['c', 'MR000001.dcm']] as const },
      ],
    },
    {
      folders: [
        {
          path: 'A/B/D/',
          files: [
            ['d', 'MR000002.dcm'],
            ['e', 'MR000003.dcm'],
          ] as const,
        },
      ],
    },
  ]
  assert.deepEqual(
    [...mediaSteps(steps)],
    [
      {
        folders: [
          {
            path: 'IMAGES/',
            files: [
              ['a', 'IM0'],
              ['b', 'IM1'],
              ['c', 'IM2'],
            ],
          },
        ],
      },
      {
        folders: [
          {
            path: 'IMAGES/',
            files: [
              ['d', 'IM3'],
              ['e', 'IM4'],
            ],
          },
        ],
      },
    ],
  )
  const small = { ...mediaLimits, folderFiles: 2, folders: 2 }
  const four = [steps[0] ?? assert.fail()]
  assert.deepEqual(
    [...mediaSteps(four, small)],
    [
      {
        folders: [
          {
            path: 'IMAGES/',
            files: [
              ['a', 'IM0'],
              ['b', 'IM1'],
            ],
          },
          { path: 'IMAGES1/', files: [['c', 'IM0']] },
        ],
      },
    ],
  )
  assert.throws(() => [...mediaSteps(steps, small)], { code: 'BadRequest' })
})
