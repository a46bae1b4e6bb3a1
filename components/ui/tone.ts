/** Colour of a state; its word and shape say the same. */
export type Tone = 'plain' | 'info' | 'good' | 'warn' | 'bad' | 'accent'

export const TONE_CLASSES: Record<Tone, string> = {
  plain: 'bg-muted text-foreground',
  info: 'bg-info-soft text-info',
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  accent: 'bg-accent-soft text-accent',
}
