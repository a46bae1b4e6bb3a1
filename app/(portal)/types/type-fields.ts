import { z } from 'zod'
import { TypeEdit, TypeInput } from '@/lib/inventory/types'

const { shape } = TypeInput

/** A whole number as it was typed. */
const typedNumber = z
  .string()
  .trim()
  .regex(/^[0-9]{1,9}$/, 'A whole number is needed.')
  .transform(Number)

/** The same, or nothing. */
const maybeNumber = z
  .string()
  .trim()
  .regex(/^[0-9]{0,9}$/, 'A whole number is needed.')
  .transform(text => (text === '' ? undefined : Number(text)))

const maybeText = z
  .string()
  .trim()
  .transform(text => text || undefined)

/** What a new type is made from: the least that must be said, the rest follows on its page. */
export const NewTypeFields = z.object({
  name: z.string(),
  live: z.boolean(),
  profileClass: shape.profileClass.unwrap(),
  serviceProviderName: maybeText,
  profileName: maybeText,
})

/** @throws ZodError with the fields that are wrong */
export const newType = (fields: z.output<typeof NewTypeFields>): TypeInput => TypeInput.parse(fields)

/** The fields of a type's page as they were typed. */
export const EditedTypeFields = z.object({
  ...NewTypeFields.shape,
  id: z.string(),
  version: z.int(),
  icon: shape.icon,
  policyRules: shape.policyRules.unwrap(),
  ownerMccMnc: maybeText,
  ownerGid1: maybeText,
  ownerGid2: maybeText,
  notifications: z.array(z.object({ events: z.array(z.string()).max(8), address: maybeText })).max(100),
  protection: shape.protection.unwrap(),
  downloadLimit: typedNumber,
  confirmationLimit: typedNumber,
  onRejection: shape.onRejection.unwrap(),
  strict: z.boolean(),
  confirmationCodeRequired: z.boolean(),
  orderValidDays: maybeNumber,
  reuseDevice: shape.reuseDevice.unwrap(),
  reuseAfterDeletion: z.boolean(),
  /** Nothing: without a limit */
  reuseLimit: maybeNumber.transform(limit => limit ?? null),
  reuseWaitHours: typedNumber,
  returnsToStock: shape.returnsToStock.unwrap(),
  alertLevel: maybeNumber,
  /** Addresses with commas, spaces or line breaks between them */
  alertRecipients: z.string().transform(text => text.split(/[\s,;]+/).filter(Boolean)),
  reorderQuantity: maybeNumber,
})

/** @throws ZodError with the fields that are wrong */
export const editedType = ({
  ownerMccMnc: mccMnc,
  ownerGid1: gid1,
  ownerGid2: gid2,
  ...fields
}: z.output<typeof EditedTypeFields>): TypeEdit =>
  TypeEdit.parse({ ...fields, owner: mccMnc || gid1 || gid2 ? { mccMnc: mccMnc ?? '', gid1, gid2 } : undefined })
