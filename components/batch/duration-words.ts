import { countWords } from '@/components/number-words'

/** "40 seconds", "7 minutes", "2 hours": rounded as somebody says it who waits. */
export function durationWords(seconds: number): string {
  if (seconds < 90) return countWords(Math.max(1, Math.ceil(seconds)), 'second')
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? countWords(minutes, 'minute') : countWords(Math.round(minutes / 60), 'hour')
}

/** "about 40 seconds left" */
export const timeLeftWords = (seconds: number): string => `about ${durationWords(seconds)} left`
