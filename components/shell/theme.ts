export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** The cookie that keeps the choice in this browser; the server reads it, so that no page flashes. */
export const THEME_COOKIE = 'slipway-theme'

export const readTheme = (value: string | undefined): Theme => THEMES.find(theme => theme === value) ?? 'system'
