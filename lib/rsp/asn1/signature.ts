import { signatureBytes } from '../crypto/ecdsa'
import { type Tlv, TlvError, TlvReader } from '../tlv'

/** [APPLICATION 55] OCTET STRING: the whole element, as later signatures cover it, and r ‖ s. */
export interface Signature {
  raw: Buffer
  value: Buffer
}

export function readSignature(reader: TlvReader): Signature {
  const { raw, value } = reader.next(0x5f37)
  if (value.length !== signatureBytes) throw new TlvError('a signature has 64 octets')
  return { raw, value }
}

/** TransactionId ::= OCTET STRING (SIZE(1..16)), as upper-case hex. */
export function readTransactionId(element: Tlv): string {
  if (element.value.length < 1 || element.value.length > 16) throw new TlvError('a transactionId has 1 to 16 octets')
  return element.value.toString('hex').toUpperCase()
}
