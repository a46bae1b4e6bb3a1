/**
 * THE table of notification points (SGP.22 §5.3.5): their numbers unless a partner wants others. The specification has 1 to 4; what the
 * further ones are called is agreed with each partner.
 */
export const POINTS = {
  eligibility: { number: 1, meaning: 'The device and the number of attempts were checked' },
  confirmation: { number: 2, meaning: 'The confirmation code was wrong, or the person on the device said no' },
  download: { number: 3, meaning: 'The profile was handed out' },
  installation: { number: 4, meaning: 'The device reported how the installation ended' },
  deleted: { number: 5, meaning: 'The profile was deleted on the device' },
  enabled: { number: 101, meaning: 'The profile was enabled' },
  disabled: { number: 102, meaning: 'The profile was disabled' },
} as const satisfies Record<string, { number: number; meaning: string }>
export type PointName = keyof typeof POINTS
export const POINT_NAMES = Object.keys(POINTS) as PointName[]

/** The number of each wanted point. */
export type PointNumbers = Partial<Record<PointName, number>>

export const defaultPoints = (): PointNumbers => Object.fromEntries(POINT_NAMES.map(name => [name, POINTS[name].number]))
