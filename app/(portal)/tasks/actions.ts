'use server'

import { z } from 'zod'
import { cancelTask } from '@/lib/accounts/tasks'
import { operatorAction } from '@/lib/action'
import { TASKS } from '@/lib/background/tasks'
import { readTask } from '@/lib/db/portal/tasks'
import { FormError } from '@/lib/form-error'

export const cancel = operatorAction('profile:read', z.object({ id: z.uuid() }), async ({ id }, { db, actor }): Promise<void> => {
  const task = await readTask(db, id)
  if (!task) throw new FormError('There is no such task any more.')
  // A kind of a newer version of the program: only who may do most can be sure to be allowed.
  const verb = TASKS.find(({ kind }) => kind === task.kind)?.verb ?? 'account:write'
  await cancelTask(db, actor, { id, title: task.title, startedBy: task.createdBy, verb })
})
