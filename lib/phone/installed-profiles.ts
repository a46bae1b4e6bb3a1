import type { InstalledProfile } from './card'
import type { EuiccContext } from './euicc-context'
import { readMetadata } from './metadata'
import { notify } from './notifications'
import { EuiccRefusal, PROFILE_COMMAND_ERROR, type ProfileCommandErrorName } from './refusal'

const PPR1_NO_DISABLE = 1
const PPR2_NO_DELETE = 2

/** ES10c.EnableProfile: an enabled profile is disabled first, each change with its notifications. @throws EuiccRefusal */
export function enableProfile(context: EuiccContext, iccid: string): void {
  const profile = find(context, 'enableProfile', iccid)
  if (profile.state === 'Enabled') throw refusal('enableProfile', 'profileNotInExpectedState', `The profile ${iccid} is enabled already.`)
  const enabled = context.card.profiles.find(candidate => candidate.state === 'Enabled')
  if (enabled) disable(context, 'enableProfile', enabled)
  profile.state = 'Enabled'
  notify(context, profile, 'enable')
  context.save()
}

/** ES10c.DisableProfile. @throws EuiccRefusal */
export function disableProfile(context: EuiccContext, iccid: string): void {
  const profile = find(context, 'disableProfile', iccid)
  if (profile.state !== 'Enabled') throw refusal('disableProfile', 'profileNotInExpectedState', `The profile ${iccid} is not enabled.`)
  disable(context, 'disableProfile', profile)
  context.save()
}

/** ES10c.DeleteProfile: a disabled profile only. @throws EuiccRefusal */
export function deleteProfile(context: EuiccContext, iccid: string): void {
  const profile = find(context, 'deleteProfile', iccid)
  if (profile.state !== 'Disabled')
    throw refusal('deleteProfile', 'profileNotInExpectedState', `The profile ${iccid} is enabled; disable it first.`)
  if (rulesOf(profile).has(PPR2_NO_DELETE))
    throw refusal('deleteProfile', 'disallowedByPolicy', `PPR2 of the profile ${iccid} forbids to delete it.`)
  context.card.profiles = context.card.profiles.filter(candidate => candidate !== profile)
  notify(context, profile, 'delete')
  context.save()
}

function disable(context: EuiccContext, command: string, profile: InstalledProfile): void {
  if (rulesOf(profile).has(PPR1_NO_DISABLE))
    throw refusal(command, 'disallowedByPolicy', `PPR1 of the profile ${profile.iccid} forbids to disable it.`)
  profile.state = 'Disabled'
  notify(context, profile, 'disable')
}

function find(context: EuiccContext, command: string, iccid: string): InstalledProfile {
  const profile = context.card.profiles.find(candidate => candidate.iccid === iccid)
  if (!profile) throw refusal(command, 'iccidOrAidNotFound', `There is no profile ${iccid} on this eUICC.`)
  return profile
}

const rulesOf = (profile: InstalledProfile): Set<number> => readMetadata(Buffer.from(profile.metadata, 'base64')).policyRules

const refusal = (command: string, name: ProfileCommandErrorName, sentence: string) =>
  new EuiccRefusal(command, { name, number: PROFILE_COMMAND_ERROR[name] }, sentence)
