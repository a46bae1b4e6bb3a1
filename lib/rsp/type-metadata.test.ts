import { describe, expect, test } from 'vitest'
import { Iccid } from '@/lib/rsp/identifiers'
import { decodeMetadata, encodeMetadata, metadataForPackage } from './metadata'
import { craftedPng } from './testdata/pictures'
import { type TypeSettings, typeMetadata } from './type-metadata'

const plain: TypeSettings = {
  serviceProviderName: null,
  profileName: null,
  iconType: null,
  icon: null,
  profileClass: 'operational',
  policyRules: [],
  ownerMccMnc: null,
  ownerGid1: null,
  ownerGid2: null,
  notifications: [],
}
const facts = { iccid: Iccid.parse('8949449999999990163'), profileName: 'Package', mccMnc: '00101', gid1: 'FF' }
/** What a device reads of a type. */
const shown = (settings: Partial<TypeSettings>) =>
  decodeMetadata(encodeMetadata(metadataForPackage(facts, typeMetadata({ ...plain, ...settings }, 'smdp.example'))))

describe('what a device is shown of a type', () => {
  test('an empty type leaves everything to the package and hears of all events', () => {
    expect(shown({})).toEqual({
      iccid: facts.iccid,
      serviceProviderName: 'Package',
      profileName: 'Package',
      profileClass: 'operational',
      notificationConfigurationInfo: [
        {
          profileManagementOperation: ['notificationInstall', 'notificationEnable', 'notificationDisable', 'notificationDelete'],
          notificationAddress: 'smdp.example',
        },
      ],
      profilePolicyRules: [],
    })
  })

  test('names, icon and class', () => {
    const icon = craftedPng(64, 64)
    const metadata = shown({ serviceProviderName: 'Harbour', profileName: 'Travel', iconType: 'png', icon, profileClass: 'test' })
    expect(metadata).toMatchObject({
      serviceProviderName: 'Harbour',
      profileName: 'Travel',
      profileClass: 'test',
      icon: { iconType: 'png' },
    })
    expect(icon.equals(metadata.icon?.icon ?? Buffer.alloc(0))).toBe(true)
  })

  test('the owner of the type goes before that of the package, with or without policy rules', () => {
    const owner = { ownerMccMnc: '310410', ownerGid1: '2A' }
    expect(shown(owner).profileOwner).toEqual({ mccMnc: '310410', gid1: '2A' })
    expect(shown({ ...owner, ownerGid2: '01', policyRules: ['ppr1'] })).toMatchObject({
      profileOwner: { mccMnc: '310410', gid1: '2A', gid2: '01' },
      profilePolicyRules: ['ppr1'],
    })
    expect(shown({ policyRules: ['ppr2'] }).profileOwner).toEqual({ mccMnc: '00101', gid1: 'FF' })
    expect(shown({}).profileOwner).toBeUndefined()
  })

  test('notifications go where the type says; without an address to this server', () => {
    const metadata = shown({
      notifications: [{ events: ['install', 'delete'] }, { events: ['enable', 'disable'], address: 'events.operator.example' }],
    })
    expect(metadata.notificationConfigurationInfo).toEqual([
      { profileManagementOperation: ['notificationInstall', 'notificationDelete'], notificationAddress: 'smdp.example' },
      { profileManagementOperation: ['notificationEnable', 'notificationDisable'], notificationAddress: 'events.operator.example' },
    ])
  })
})
