/** States of a profile on the SM-DP+ (SGP.22 §3.1.6), in the order of a normal life. */
export const PROFILE_STATES = [
  'Available',
  'Allocated',
  'Linked',
  'Confirmed',
  'Released',
  'Downloaded',
  'Installed',
  'Error',
  'Unavailable',
] as const
export type ProfileState = (typeof PROFILE_STATES)[number]

/** What the eUICC last told of an installed profile. */
export const RUNTIME_STATES = ['Enabled', 'Disabled', 'Deleted'] as const
export type RuntimeState = (typeof RUNTIME_STATES)[number]

export type ProfileEvent =
  | 'allocate'
  | 'link'
  | 'confirm'
  | 'confirmAndRelease'
  | 'release'
  | 'deliver'
  | 'installed'
  | 'failed'
  | 'cancelToAvailable'
  | 'cancelToUnavailable'
  | 'retire'
  | 'restore'
  | 'unlink'
  | 'reissue'
  | 'bar'

type Transitions = Record<ProfileState, Partial<Record<ProfileEvent, ProfileState>>>

const cancellable = { cancelToAvailable: 'Available', cancelToUnavailable: 'Unavailable' } as const

/** The lifecycle. Nothing else moves a profile. */
export const TRANSITIONS: Transitions = {
  Available: { allocate: 'Allocated', link: 'Linked', cancelToUnavailable: 'Unavailable', retire: 'Unavailable' },
  Allocated: { link: 'Linked', confirm: 'Confirmed', confirmAndRelease: 'Released', ...cancellable },
  Linked: { unlink: 'Allocated', confirm: 'Confirmed', confirmAndRelease: 'Released', ...cancellable },
  Confirmed: { release: 'Released', ...cancellable },
  Released: { deliver: 'Downloaded', failed: 'Error', ...cancellable },
  Downloaded: { deliver: 'Downloaded', installed: 'Installed', failed: 'Error', cancelToUnavailable: 'Unavailable' },
  // §3.1.6 lets nothing leave Installed: these two are ours (docs/deviations.md).
  Installed: { reissue: 'Available', bar: 'Unavailable' },
  Error: { ...cancellable, reissue: 'Available' },
  Unavailable: { restore: 'Available' },
}

/** The state after `event`, or undefined where the lifecycle has no such step. */
export const nextState = (from: ProfileState, event: ProfileEvent): ProfileState | undefined => TRANSITIONS[from][event]

/** States from which `event` may happen. */
export const statesBefore = (event: ProfileEvent): ProfileState[] => PROFILE_STATES.filter(state => TRANSITIONS[state][event] !== undefined)

/** One sentence for people: what the state means and what comes next. */
export const STATE_MEANING: Record<ProfileState, string> = {
  Available: 'In stock. Issue a code to give it to a customer.',
  Allocated: 'Reserved by an order without a device. Confirm the order next.',
  Linked: 'Reserved by an order for one device. Confirm the order next.',
  Confirmed: 'The order is confirmed but not released: a device cannot download it yet.',
  Released: 'Ready: the device can download it with the activation code.',
  Downloaded: 'A device has taken the package; its installation result is still to come.',
  Installed: 'The eUICC reported that the profile is installed.',
  Error: 'The order ended in a failure. Look at the timeline for the reason.',
  Unavailable: 'Out of use: no code can be issued for it. If it was retired, it can be brought back.',
}
