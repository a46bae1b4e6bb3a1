import { describe, expect, test } from 'vitest'
import { nextState, PROFILE_STATES, type ProfileEvent, type ProfileState, STATE_MEANING, statesBefore, TRANSITIONS } from './lifecycle'

describe('§3.1.6 the life of a profile', () => {
  const walk = (events: ProfileEvent[]) =>
    events.reduce<ProfileState | undefined>((state, event) => state && nextState(state, event), 'Available')

  test.each([
    [['allocate', 'confirm', 'release', 'deliver', 'installed'], 'Installed'],
    [['link', 'confirmAndRelease', 'deliver', 'deliver', 'installed'], 'Installed'],
    [['allocate', 'confirmAndRelease', 'deliver', 'failed'], 'Error'],
    [['allocate', 'confirmAndRelease', 'failed', 'cancelToAvailable'], 'Available'],
    [['allocate', 'cancelToAvailable', 'cancelToUnavailable'], 'Unavailable'],
    [['retire', 'restore'], 'Available'],
    [['link', 'unlink', 'link', 'confirm'], 'Confirmed'],
    [['allocate', 'confirmAndRelease', 'deliver', 'installed', 'reissue', 'link'], 'Linked'],
    [['allocate', 'confirmAndRelease', 'deliver', 'failed', 'reissue'], 'Available'],
    [['allocate', 'confirmAndRelease', 'deliver', 'installed', 'bar'], 'Unavailable'],
    [['allocate', 'confirmAndRelease', 'deliver', 'reissue'], undefined],
    [['allocate', 'confirmAndRelease', 'deliver', 'installed', 'cancelToAvailable'], undefined],
    [['allocate', 'confirmAndRelease', 'deliver', 'installed', 'bar', 'reissue'], undefined],
    [['allocate', 'retire'], undefined],
    [['allocate', 'deliver'], undefined],
    [['allocate', 'confirm', 'deliver'], undefined],
    [['allocate', 'confirmAndRelease', 'deliver', 'cancelToAvailable'], undefined],
    [['allocate', 'confirmAndRelease', 'installed'], undefined],
  ] as [ProfileEvent[], ProfileState | undefined][])('%j leads to %s', (events, state) => expect(walk(events)).toBe(state))

  test('every state can be reached; Installed is left by a new order for the same profile or by barring it, Unavailable by what was retired', () => {
    const reached = new Set<ProfileState>(['Available'])
    for (let size = 0; size !== reached.size; ) {
      size = reached.size
      for (const state of reached) for (const to of Object.values(TRANSITIONS[state])) reached.add(to)
    }
    expect([...reached].sort()).toEqual([...PROFILE_STATES].sort())
    expect([TRANSITIONS.Installed, TRANSITIONS.Unavailable]).toEqual([
      { reissue: 'Available', bar: 'Unavailable' },
      { restore: 'Available' },
    ])
  })

  test('a package is given out of Released and Downloaded only', () => expect(statesBefore('deliver')).toEqual(['Released', 'Downloaded']))

  test('every state has its sentence', () => {
    for (const state of PROFILE_STATES) expect(STATE_MEANING[state]).toMatch(/^[A-Z].*\.$/)
  })
})
