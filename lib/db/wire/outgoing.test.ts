import { expect, test } from 'vitest'
import { executeMessages } from './outgoing'

const executeAndSync = '450000000900 00000000 5300000004'.replaceAll(' ', '')

test('parameters go out as text, in the binary format or as NULL, in one piece with Execute and Sync', () => {
  const octets = executeMessages('s', ['é', Buffer.from([1, 2]), null], [true, false])
  expect(octets.toString('hex')).toBe(
    ['42', '00000027', '00', '7300', '0003', '000000010000', '0003', '00000002c3a9', '000000020102', 'ffffffff', '000200010000', ''].join(
      '',
    ) + executeAndSync,
  )
})

test('columns that are not known are asked for', () => {
  const octets = executeMessages('s', [])
  expect(octets.toString('hex')).toBe(
    ['42', '0000000d', '00', '7300', '0000', '0000', '0000', '440000000650', '00'].join('') + executeAndSync,
  )
})
