import { afterAll, beforeAll, expect, test } from 'vitest'
import { transaction } from '@/lib/db/pool'
import { addTemplate } from '@/lib/inventory/templates'
import { readElements } from '@/lib/rsp/saip/elements'
import { readSubscriberFields } from '@/lib/rsp/saip/fields'
import { personalise, prepareTemplate } from '@/lib/rsp/saip/personalise'
import { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { TS48, ts48 } from '@/lib/rsp/testdata/recorded-session'
import { actor, Laboratory } from '../testing/laboratory'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const secrets = { k: '0F1E2D3C4B5A69788796A5B4C3D2E1F0', opc: '00112233445566778899AABBCCDDEEFF' }

/** An issued profile whose package is made of a template at delivery. */
async function issuedOfTemplate(name: (typeof TS48)[number], values: object) {
  const issued = await lab.issued()
  const template = ts48(name)
  const ctx = { actor, now: lab.now, vault: lab.vault }
  const templateId = await transaction(lab.db, tx => addTemplate(tx, ctx, { name, bytes: template }))
  const all = SubscriberValues.parse({ ...values, iccid: issued.iccid })
  await lab.db.query({
    text: 'UPDATE profile_package SET sealed = $2, template_id = $3 WHERE iccid = $1',
    values: [issued.iccid, lab.vault.seal(Buffer.from(JSON.stringify(all)), `profile_package:${issued.iccid}`), templateId],
  })
  return { ...issued, expected: personalise(prepareTemplate(template), all), values: all }
}

test.each(TS48)('a device gets the template %s with the values of its subscriber, and nothing else differs', async name => {
  const { iccid, activationCode, expected, values } = await issuedOfTemplate(name, { imsi: '001010123456789', ...secrets })
  const phone = lab.phone()
  expect((await phone.download({ activationCode })).outcome).toBe('installed')
  const installed = Buffer.from(phone.listProfiles()[0]?.profilePackage ?? '', 'base64')
  expect(installed.equals(expected)).toBe(true)
  expect(readSubscriberFields(readElements(installed))).toMatchObject({ imsi: values.imsi })
  expect(installed.includes(Buffer.from(secrets.k, 'hex'))).toBe(true)
  expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
})

test('values that do not fit their template are no package: the device is told so, the operator why, and nothing secret', async () => {
  const { iccid, activationCode } = await issuedOfTemplate(TS48[0], { imsi: '001010123456789', ...secrets })
  await lab.db.query({
    text: 'UPDATE profile_package SET sealed = $2 WHERE iccid = $1',
    values: [iccid, lab.vault.seal(Buffer.from(JSON.stringify({ iccid, imsi: '1', ...secrets })), `profile_package:${iccid}`)],
  })
  await expect(lab.phone().download({ activationCode })).rejects.toThrow()
  const events = await lab.events(iccid)
  expect(events).toContainEqual(expect.objectContaining({ kind: 'getBoundProfilePackage', outcome: 'refused', status: 'bppUnavailable' }))
  expect(JSON.stringify(events)).not.toContain(secrets.k)
})
