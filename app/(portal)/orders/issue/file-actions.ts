'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import type { Database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { startBinding } from '@/lib/orders/bind-many'
import { readEidPolicy } from '@/lib/orders/eid-policy'
import { orderContext } from '@/lib/orders/order-context'
import { type Pairs, readPairs } from '@/lib/orders/pairs/read-pairs'
import { IssueRunTerms } from '@/lib/orders/runs/issue-run-input'
import { startIssueRun } from '@/lib/orders/runs/start-issue-run'
import type { FileReport } from './file-report'

const Upload = z.object({ file: z.file() })

const read = async (db: Database, file: File): Promise<Pairs> =>
  readPairs(new Uint8Array(await file.arrayBuffer()), await readEidPolicy(db))

const mostShown = 20

/** Reads a file of ICCIDs and EIDs and says what is in it; nothing is kept. */
export const checkFile = operatorAction('order:issue', Upload, async ({ file }, { db }): Promise<FileReport> => {
  const { rows, problems, kind, warnings } = await read(db, file)
  return {
    kind,
    rows: rows.length,
    customers: rows.filter(row => row.customerEmail).length,
    references: rows.filter(row => row.reference).length,
    problems: problems.length,
    warnings: warnings.length,
    sentences: [...problems, ...warnings].slice(0, mostShown),
  }
})

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    context.addIssue({ code: 'custom', message: 'This is no JSON.' })
    return z.NEVER
  }
})

/** Begins to bind the profiles of a file to its devices, without codes. */
export const bindFile = operatorAction('order:bind', Upload, async ({ file }, { db, actor }) => {
  const { rows } = await read(db, file)
  const pairs = rows.flatMap(({ line: _, iccid, eid, ...customer }) => (iccid && eid ? [{ iccid, eid, ...customer }] : []))
  if (pairs.length === 0) throw new FormError('No row of this file has both an ICCID and an EID.')
  return { task: await startBinding(db, { actor }, { rows: pairs }) }
})

/** Begins to issue codes for the good rows of a file. */
export const issueFile = operatorAction(
  'order:issue',
  Upload.extend({ type: z.string().optional(), settings: json.pipe(IssueRunTerms) }),
  async ({ file, type, settings }, context) => {
    const { rows } = await read(context.db, file)
    if (rows.length === 0) throw new FormError('No row of this file can be used.')
    const named = rows.map(({ line: _, ...row }) => row)
    const { runId } = await startIssueRun(context.db, await orderContext(context), { rows: named, ...(type ? { type } : {}), ...settings })
    return { runId }
  },
)
