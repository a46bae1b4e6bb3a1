import { describe, expect, test } from 'vitest'
import { opcFromOp } from './milenage'

describe('OPc from K and OP', () => {
  test.each([
    ['TS 35.207 test set 1', '465b5ce8b199b49faa5f0a2ee238a6bc', 'cdc202d5123e20f62b6d676ac72cb318', 'cd63cb71954a9f4e48a5994e37a02baf'],
    ['TS 35.208 test set 3', 'fec86ba6eb707ed08905757b1bb44b8f', 'dbc59adcb6f9a0ef735477b7fadf8374', '1006020f0a478bf6b699f15c062e42b3'],
    ['TS 35.208 test set 4', '9e5944aea94b81165c82fbf9f32db751', '223014c5806694c007ca1eeef57f004f', 'a64a507ae1a2a98bb88eb4210135dc87'],
    ['TS 35.208 test set 5', '4ab1deb05ca6ceb051fc98e77d026a84', '2d16c5cd1fdf6b22383584e3bef2a8d8', 'dcf07cbd51855290b92a07a9891e523e'],
  ])('%s', (_, k, op, opc) => {
    expect(opcFromOp(Buffer.from(k, 'hex'), Buffer.from(op, 'hex')).toString('hex')).toBe(opc)
  })
})
