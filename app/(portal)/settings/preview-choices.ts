export const PREVIEW_DEVICES = ['iphone', 'android', 'desktop'] as const
export type PreviewDevice = (typeof PREVIEW_DEVICES)[number]

export const PREVIEW_SITUATIONS = ['ready', 'installed', 'usedUp'] as const
export type PreviewSituation = (typeof PREVIEW_SITUATIONS)[number]
