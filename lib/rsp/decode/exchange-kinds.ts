/** Steps of the timeline that are a request of a device and its answer, with their function of ES9+. */
export const EXCHANGE_KINDS = {
  authenticateClient: 'AuthenticateClient',
  getBoundProfilePackage: 'GetBoundProfilePackage',
  cancelSession: 'CancelSession',
  installationResult: 'HandleNotification',
  notification: 'HandleNotification',
} as const
export type ExchangeKind = keyof typeof EXCHANGE_KINDS

export const isExchangeKind = (kind: string): kind is ExchangeKind => Object.hasOwn(EXCHANGE_KINDS, kind)
