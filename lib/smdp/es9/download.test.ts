import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { maxIconBytes } from '@/lib/rsp/icon'
import { craftedPng } from '@/lib/rsp/testdata/pictures'
import { TS48 } from '@/lib/rsp/testdata/recorded-session'
import { Laboratory } from '../testing/laboratory'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addPki('brainpoolP256r1')
  await lab.addType({ name: 'random keys', protection: 'random', serviceProviderName: 'Slipway', profileName: 'Random' })
  await lab.addType({
    name: 'with icon',
    serviceProviderName: 'S'.repeat(32),
    profileName: 'N'.repeat(64),
    icon: { iconType: 'png', icon: new Uint8Array(craftedPng(64, 64, { bytes: maxIconBytes })) },
  })
})
afterAll(() => lab.close())

describe('§3.1.3 a device downloads and installs what was uploaded', () => {
  const cases = TS48.flatMap(name => (['test', 'random keys'] as const).map(type => ({ name, type })))
  test.each(cases)('$name, keys of type “$type”', async ({ name, type }) => {
    const { iccid, activationCode, upp } = await lab.issued({ package: name, type })
    const phone = lab.phone()
    const outcome = await phone.download({ activationCode })
    expect(outcome.outcome).toBe('installed')
    expect(phone.listProfiles().map(profile => profile.iccid)).toEqual([iccid])
    expect(Buffer.from(phone.listProfiles()[0]?.profilePackage ?? '', 'base64').equals(upp)).toBe(true)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', eid: phone.euicc.eid, order_id: null })
    expect((await lab.events(iccid)).map(event => event.kind)).toEqual([
      'uploaded',
      'downloadOrder',
      'confirmOrder',
      'authenticateClient',
      'getBoundProfilePackage',
      'installationResult',
    ])
  })

  test.each(['session', 'random'] as const)('on brainpoolP256r1, %s keys', async protection => {
    const { activationCode, upp, iccid } = await lab.issued({ type: protection === 'random' ? 'random keys' : 'test' })
    const phone = lab.phone(lab.card({ curve: 'brainpoolP256r1' }))
    await phone.download({ activationCode })
    expect(Buffer.from(phone.listProfiles()[0]?.profilePackage ?? '', 'base64').equals(upp)).toBe(true)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
  })

  test('metadata with an icon goes over several 88 segments', async () => {
    const { activationCode } = await lab.issued({ type: 'with icon' })
    const outcome = await lab.phone().download({ activationCode })
    expect(outcome.metadata).toMatchObject({ serviceProviderName: 'S'.repeat(32), profileName: 'N'.repeat(64) })
    expect(outcome.outcome).toBe('installed')
  })
})

test('enable, disable and delete of the installed profile are followed', async () => {
  const { iccid, activationCode } = await lab.issued()
  const phone = lab.phone()
  await phone.download({ activationCode })
  phone.enable(iccid)
  await phone.sendNotifications()
  expect(await lab.profile(iccid)).toMatchObject({ runtime_state: 'Enabled' })
  phone.disable(iccid)
  phone.deleteProfile(iccid)
  await phone.sendNotifications()
  expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', runtime_state: 'Deleted' })
})
