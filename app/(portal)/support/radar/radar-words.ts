import type { RadarKind, RadarLine } from '@/lib/db/portal/radar'
import { counted, durationWords, eidEnd, momentWords } from '@/lib/rsp/explain/amounts'

interface KindWords {
  title: string
  /** The rule, as in radar-rules.ts */
  about: string
}

export const KIND_WORDS: Record<RadarKind, KindWords> = {
  nearlyUsedUp: {
    title: 'Confirmation code nearly used up',
    about: 'One wrong confirmation code more, and the order ends.',
  },
  noResult: {
    title: 'Taken, and no word since',
    about: 'A phone took the eSIM more than an hour ago and has not said whether it is installed.',
  },
  expiring: {
    title: 'Code about to run out',
    about: 'Codes that end within three days, in the last quarter of their time, with no installation yet.',
  },
  notDeleted: {
    title: 'Not deleted from the old phone',
    about: 'Another eSIM or another phone took its place more than a day ago, and the old phone has not said that it deleted it.',
  },
  notEnabled: {
    title: 'Installed, never switched on',
    about: 'Installed more than a day ago, and the phone has not said that it switched it on.',
  },
}

export interface RadarWords {
  /** What is the matter. */
  sentence: string
  /** What to do before they call. */
  advice: string
}

const phoneWith = (eid: string | null): string => (eid ? `phone with ${eidEnd(eid)}` : 'phone')

const TELLERS: Record<RadarKind, (line: RadarLine, now: Date) => RadarWords> = {
  nearlyUsedUp: ({ left, limit, eid }) => ({
    sentence: `The customer typed wrong confirmation codes${eid ? ` on the ${phoneWith(eid)}` : ''}: ${counted(left ?? 0, 'try', 'tries')} of ${limit} ${left === 1 ? 'is' : 'are'} left.`,
    advice: 'Make sure who they are, read the confirmation code out to them, and allow more attempts first.',
  }),
  noResult: ({ at, eid }, now) => ({
    sentence: `The ${phoneWith(eid)} took this eSIM ${durationWords(at, now)} ago and has not said that it is installed.`,
    advice: 'Ask whether it is in the list of eSIMs of that phone. If it is not, the same code works again on the same phone.',
  }),
  expiring: ({ at, eid }) => ({
    sentence: `The code is good until ${momentWords(at)}, and ${eid ? `the ${phoneWith(eid)} has taken the eSIM without installing it` : 'no phone has taken the eSIM'}.`,
    advice: 'Send the customer their link again, or extend the code.',
  }),
  notDeleted: ({ eid, newIccid }) =>
    newIccid
      ? {
          sentence: `Profile ${newIccid} took its place, and the ${phoneWith(eid)} still has it.`,
          advice:
            'If that phone is at hand, let the customer delete the old eSIM there. If it is lost, see that the network has barred its IMSI.',
        }
      : {
          sentence: `It was installed on another phone, and the ${phoneWith(eid)} still has it: the network throws each of them out in turn.`,
          advice: 'Let the customer delete it on the old phone, while that one is online.',
        },
  notEnabled: ({ at, eid }, now) => ({
    sentence: `The ${phoneWith(eid)} installed this eSIM ${durationWords(at, now)} ago and has not switched it on.`,
    advice: 'Ask the customer to switch it on in the list of eSIMs of the phone, unless they keep it for a journey.',
  }),
}

/** Why a profile is on the radar, and what to do. */
export const radarWords = (line: RadarLine, now: Date): RadarWords => TELLERS[line.kind](line, now)
