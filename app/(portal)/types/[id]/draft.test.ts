import { expect, test } from 'vitest'
import { ZodError } from 'zod'
import { TypeInput } from '@/lib/inventory/types'
import { craftedPng } from '@/lib/rsp/testdata/pictures'
import { EditedTypeFields, editedType, NewTypeFields, newType } from '../type-fields'
import { changedFields, draftInput, draftOf, type TypeDraft, withMyChanges } from './draft'

const icon = craftedPng(64, 64)
const row = {
  id: '11111111-1111-4111-8111-111111111111',
  version: 3,
  name: 'travel',
  live: true,
  profileClass: 'operational' as const,
  serviceProviderName: 'Harbour',
  profileName: null,
  iconType: 'png' as const,
  icon: icon.toString('base64'),
  policyRules: ['ppr1' as const],
  ownerMccMnc: '26202',
  ownerGid1: null,
  ownerGid2: 'FF',
  notifications: [{ events: ['install' as const] }, { events: ['delete' as const], address: 'a.example' }],
  protection: 'random' as const,
  downloadLimit: 10,
  confirmationLimit: 3,
  onRejection: 'keep' as const,
  strict: false,
  confirmationCodeRequired: true,
  orderValidDays: null,
  reuseDevice: 'same' as const,
  reuseAfterDeletion: false,
  reuseLimit: null,
  reuseWaitHours: 24,
  returnsToStock: 'afterDeletion' as const,
  alertLevel: 500,
  alertRecipients: ['a@example.com', 'b@example.com'],
  reorderQuantity: null,
  templateId: null,
  createdAt: new Date(),
  createdBy: 'x',
  profiles: 0,
  available: 0,
}
const draft = draftOf(row)
const saved = (changes: Partial<TypeDraft>) =>
  editedType(EditedTypeFields.parse({ id: row.id, version: 3, ...draftInput({ ...draft, ...changes }) }))
function problemsOf(changes: Partial<TypeDraft>): string[] {
  try {
    saved(changes)
    return []
  } catch (error) {
    if (error instanceof ZodError) return error.issues.map(({ path }) => path.join('.'))
    throw error
  }
}

test('what is kept goes through the form and comes back the same', () => {
  expect(saved({})).toEqual({
    id: row.id,
    version: 3,
    ...TypeInput.parse({
      name: 'travel',
      live: true,
      serviceProviderName: 'Harbour',
      icon: { iconType: 'png', icon: new Uint8Array(icon) },
      policyRules: ['ppr1'],
      owner: { mccMnc: '26202', gid2: 'FF' },
      notifications: row.notifications,
      protection: 'random',
      confirmationCodeRequired: true,
      reuseDevice: 'same',
      reuseAfterDeletion: false,
      reuseLimit: null,
      reuseWaitHours: 24,
      returnsToStock: 'afterDeletion',
      alertLevel: 500,
      alertRecipients: row.alertRecipients,
    }),
  })
})

test('what is typed is checked under the name of its field', () => {
  expect(problemsOf({ downloadLimit: 'ten' })).toEqual(['downloadLimit'])
  expect(problemsOf({ orderValidDays: '1.5' })).toEqual(['orderValidDays'])
  expect(problemsOf({ reuseLimit: '-1', reuseWaitHours: '' })).toEqual(['reuseLimit', 'reuseWaitHours'])
  expect(problemsOf({ ownerMccMnc: '' })).toEqual(['owner.mccMnc'])
  expect(problemsOf({ alertRecipients: 'a@example.com, b' })).toEqual(['alertRecipients.1'])
  expect(problemsOf({ notifications: [{ events: [], address: 'a b' }] })).toEqual(['notifications.0.events', 'notifications.0.address'])
  expect(problemsOf({ icon: { iconType: 'png', base64: craftedPng(32, 32).toString('base64') } })).toEqual(['icon'])
})

test('a new type needs a name; what is left empty comes from the package', () => {
  const fields = { name: ' x ', live: false, profileClass: 'test' as const, serviceProviderName: '  ', profileName: '' }
  expect(newType(NewTypeFields.parse(fields))).toEqual(TypeInput.parse({ name: 'x', profileClass: 'test' }))
  expect(() => newType(NewTypeFields.parse({ ...fields, name: '' }))).toThrow(ZodError)
})

test('of two people’s changes each keeps their own; where both changed the same, the one who edits now', () => {
  const mine: TypeDraft = { ...draft, profileName: 'mine', strict: true }
  const theirs: TypeDraft = { ...draft, profileName: 'theirs', icon: null }
  expect(changedFields(draft, mine)).toEqual(['profileName', 'strict'])
  expect(withMyChanges(theirs, draft, mine)).toEqual({ ...draft, profileName: 'mine', strict: true, icon: null })
})
