import { POINTS, type PointName } from '@/lib/partners/notification-points'

/** The functions that a partner may call (SGP.22 §5.3). */
export const FUNCTIONS = ['downloadOrder', 'confirmOrder', 'cancelOrder', 'releaseProfile'] as const

const POINT_WORDS: Record<PointName, string> = {
  eligibility: 'Eligibility checked',
  confirmation: 'Not confirmed',
  download: 'Handed out',
  installation: 'Installation reported',
  deleted: 'Deleted',
  enabled: 'Enabled',
  disabled: 'Disabled',
}

const isPoint = (name: string): name is PointName => Object.hasOwn(POINTS, name)

/** What a call asked or a message tells, in words; functions and events keep the names under which they are known. */
export const nameWords = (name: string): string => (isPoint(name) ? POINT_WORDS[name] : name === 'test' ? 'Test' : name)

/** What a notification point means. */
export const nameMeaning = (name: string): string | undefined => (isPoint(name) ? POINTS[name].meaning : undefined)
