import { createCipheriv } from 'node:crypto'

/** OPc = OP ⊕ AES-128(K, OP) (TS 35.206 §4.1). @param k 16 octets @param op 16 octets */
export function opcFromOp(k: Uint8Array, op: Uint8Array): Buffer {
  const opc = createCipheriv('aes-128-ecb', k, null).setAutoPadding(false).update(op)
  for (let i = 0; i < 16; i++) opc[i] = (opc[i] ?? 0) ^ (op[i] ?? 0)
  return opc
}
