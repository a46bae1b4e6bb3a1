import { formatActivationCode } from '@/lib/rsp/activation-code'

/** The text of an order's QR code; it is made when it is shown, and stored nowhere. */
export const orderActivationCode = (order: { matchingId: string; smdpAddress: string; confirmationCodeRequired: boolean }): string =>
  formatActivationCode(order)
