'use server'

import { z } from 'zod'
import { cancelTask } from '@/lib/accounts/tasks'
import { operatorAction } from '@/lib/action'
import { readTask } from '@/lib/db/portal/tasks'
import { FormError } from '@/lib/form-error'
import { verbOfTask } from './snapshot'

export const cancel = operatorAction('profile:read', z.object({ id: z.uuid() }), async ({ id }, { db, actor }): Promise<void> => {
  const task = await readTask(db, id)
  if (!task) throw new FormError('There is no such task any more.')
  await cancelTask(db, actor, { id, title: task.title, startedBy: task.createdBy, verb: verbOfTask(task.kind) })
})
