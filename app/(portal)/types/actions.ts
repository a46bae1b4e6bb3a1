'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { COUNT_CAP } from '@/lib/db/portal/profile-list'
import { typeDetail } from '@/lib/db/portal/types'
import { FormError } from '@/lib/form-error'
import { changeTemplate, inspectTemplate, type TemplateReport } from '@/lib/inventory/templates'
import { createType, updateType } from '@/lib/inventory/types'
import { draftOf, type TypeDraft } from './[id]/draft'
import { EditedTypeFields, editedType, NewTypeFields, newType } from './type-fields'

/** Makes a type and answers where its page is. */
export const makeType = operatorAction(
  'type:write',
  NewTypeFields,
  async (fields, { db, actor }): Promise<{ id: string; name: string }> => {
    const type = newType(fields)
    return { id: await createType(db, actor, type), name: type.name }
  },
)

/** Saves a type's settings and answers them as they are kept. */
export const saveType = operatorAction(
  'type:write',
  EditedTypeFields,
  async (fields, { db, actor }): Promise<{ version: number; draft: TypeDraft }> => {
    const edit = editedType(fields)
    await updateType(db, actor, edit)
    const saved = await typeDetail(db, edit.id, COUNT_CAP)
    if (!saved) throw new FormError('This type is not there.')
    return { version: saved.version, draft: draftOf(saved) }
  },
)

const Bytes = z.instanceof(Uint8Array, { error: 'Choose a file.' })

/** Tells what a file has in it, and keeps nothing. */
export const readTemplate = operatorAction(
  'type:write',
  z.object({ bytes: Bytes }),
  async ({ bytes }): Promise<TemplateReport> => inspectTemplate(bytes),
)

const TemplateInput = z.object({
  typeId: z.uuid(),
  replaces: z.uuid().nullable(),
  /** Null takes the template away */
  file: z.object({ name: z.string(), bytes: Bytes }).nullable(),
})

export const putTemplate = operatorAction('type:write', TemplateInput, async ({ file, ...change }, { db, actor, now, vault }) => ({
  templateId: await changeTemplate(db, { actor, now, vault }, { ...change, ...(file ? { file } : {}) }),
}))
