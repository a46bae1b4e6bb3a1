'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { createType, TypeInput } from '@/lib/inventory/types'

const Limit = z
  .string()
  .trim()
  .regex(/^[0-9]{1,6}$/, 'A whole number is needed.')
  .transform(Number)
const Name = z
  .string()
  .trim()
  .transform(text => text || undefined)

/** The form's fields as they were typed, on their way to TypeInput. */
const TypeFields = z.object({
  ...TypeInput.shape,
  serviceProviderName: Name.pipe(TypeInput.shape.serviceProviderName),
  profileName: Name.pipe(TypeInput.shape.profileName),
  downloadLimit: Limit.pipe(TypeInput.shape.downloadLimit.unwrap()),
  confirmationLimit: Limit.pipe(TypeInput.shape.confirmationLimit.unwrap()),
})

export const makeType = operatorAction('type:write', TypeFields, async (input, { db, actor }): Promise<{ name: string }> => {
  await createType(db, actor, input)
  return { name: input.name }
})
