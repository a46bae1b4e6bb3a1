import { expect, test } from 'vitest'
import { formatTable } from './output'

test('columns are aligned, and lines have no spaces at their end', () => {
  expect(
    formatTable(
      ['Name', 'Kind', 'N'],
      [
        ['a', 'test', '1'],
        ['longer', '', ''],
      ],
    ),
  ).toEqual(['Name    Kind  N', 'a       test  1', 'longer'])
})

test('text from packages and servers does not steer the terminal', () => {
  expect(formatTable(['Name'], [['\u001b[2Jgone\r\nfaked\u202e']])).toEqual(['Name', ' [2Jgone  faked'])
})
