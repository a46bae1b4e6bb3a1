import { createHash, randomUUID } from 'node:crypto'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { perProcess } from '@/lib/db/per-process'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import { insertTemplate, readSealedTemplate, readTemplateRow } from '@/lib/db/template-rows'
import { lockProfileType, type ProfileTypeRow, setTypeTemplate } from '@/lib/db/type-rows'
import { FormError } from '@/lib/form-error'
import { checkTemplate } from '@/lib/rsp/saip/check-template'
import { PackageError } from '@/lib/rsp/saip/elements'
import { type PreparedTemplate, prepareTemplate } from '@/lib/rsp/saip/prepare-template'
import type { SubscriberValueName } from '@/lib/rsp/saip/subscriber-values'
import { readTemplateTree, type TemplateTree } from '@/lib/rsp/saip/template-tree'
import { type TemplateValue, templateValues, valuesOfTemplate } from '@/lib/rsp/saip/template-values'
import type { Vault } from '@/lib/vault/vault'

/** What an eUICC could hold of applets at most, and what a form's body may carry. */
export const maxTemplateBytes = 1_000_000

const mostReasons = 20

export interface TemplateFile {
  name: string
  /** Unprotected profile package, DER */
  bytes: Uint8Array
}

export interface TemplateContext {
  actor: Actor
  now: Date
  vault: Vault
}

/** What is in a template and what it can be used for. Plain data; no key, PIN or PUK is in it. */
export interface TemplateReport {
  tree: TemplateTree
  values: TemplateValue[]
  /** Why no device could install its packages, in sentences; empty when it can be used */
  errors: string[]
  /** What is unusual */
  warnings: string[]
}

/** Reads a template for people. @throws FormError when it is no profile package */
export function inspectTemplate(bytes: Uint8Array): TemplateReport {
  if (bytes.length === 0) throw new FormError('The file is empty.')
  if (bytes.length > maxTemplateBytes)
    throw new FormError(
      `The file has ${bytes.length.toLocaleString('en')} bytes; a template may have ${maxTemplateBytes.toLocaleString('en')}.`,
    )
  try {
    const findings = checkTemplate(bytes)
    const values = templateValues(bytes)
    const iccid = values.find(({ value }) => value === 'iccid')
    const sentences = (severity: 'error' | 'warning') => [
      ...new Set(findings.filter(finding => finding.severity === severity).map(({ sentence }) => sentence)),
    ]
    const errors = [...sentences('error'), ...(iccid?.reason ? [`It cannot take the ICCID of a subscriber. ${iccid.reason}`] : [])]
    return { tree: readTemplateTree(bytes), values, errors: bounded(errors), warnings: bounded(sentences('warning')) }
  } catch (error) {
    if (error instanceof PackageError) throw new FormError(`This is no profile package that could be read. ${error.message}`)
    throw error
  }
}

const bounded = (sentences: string[]): string[] =>
  sentences.length <= mostReasons ? sentences : [...sentences.slice(0, mostReasons), `And ${sentences.length - mostReasons} more.`]

/** Keeps a template, sealed; it is never changed. @returns its id @throws FormError with the reasons when a device could not install it */
export async function addTemplate(tx: Transaction, { actor, now, vault }: TemplateContext, { name, bytes }: TemplateFile): Promise<string> {
  const { errors } = inspectTemplate(bytes)
  if (errors.length > 0) throw new FormError(`A device could not install packages of this template. ${errors.join(' ')}`)
  const id = randomUUID()
  await insertTemplate(tx, {
    id,
    name: readable(name),
    digest: digestOf(bytes),
    sealed: vault.seal(bytes, identityOf(id)),
    bytes: bytes.length,
    createdAt: now,
    createdBy: actor.name,
  })
  return id
}

const identityOf = (templateId: string) => `profile_template:${templateId}`
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

/** A file's name as it can be shown and stored. */
const readable = (name: string): string =>
  Buffer.from(name.slice(0, 255))
    .toString()
    .replace(/\p{Cc}/gu, '') || 'template'

export interface TemplateChange {
  /** The template that the person saw, null where there was none */
  replaces: string | null
  /** Left out: the type has no template any more */
  file?: TemplateFile | undefined
}

/**
 * Gives a type another template, or none. Batches that are checked from then on use it; those that were checked keep theirs.
 * @returns the new template's id @throws FormError when a device could not install it or somebody else was quicker; NotAllowed
 */
export async function changeTemplate(
  db: Database,
  ctx: TemplateContext,
  { typeId, ...change }: TemplateChange & { typeId: string },
): Promise<string | null> {
  requireMay(ctx.actor, 'type:write')
  return transaction(db, async tx => {
    const type = await lockProfileType(tx, typeId)
    if (!type) throw new FormError('This type is not there.')
    return putTemplate(tx, ctx, type, change)
  })
}

/** The same for a type that the transaction holds. @throws FormError */
export async function putTemplate(
  tx: Transaction,
  ctx: TemplateContext,
  type: ProfileTypeRow,
  { replaces, file }: TemplateChange,
): Promise<string | null> {
  const present = type.templateId ? await readTemplateRow(tx, type.templateId) : undefined
  if (file && present?.digest.equals(digestOf(file.bytes))) throw new FormError('This file is the type’s template already.')
  const templateId = file ? await addTemplate(tx, ctx, file) : null
  if (!(await setTypeTemplate(tx, type.id, { replaces, templateId })))
    throw new FormError(
      'Somebody else has changed the template since you looked. Reload the page, then repeat this if it still makes sense.',
    )
  const template = { from: type.templateId, to: templateId }
  const detail = { id: type.id, template, ...(file ? { file: readable(file.name), bytes: file.bytes.length } : {}) }
  await audit(tx, ctx.actor, 'type:write', { target: type.name, detail })
  return templateId
}

/** Opens the bytes of a template. @throws VaultError; Error when there is no such template */
async function openTemplate(db: Queryable, vault: Vault, templateId: string): Promise<Buffer> {
  const sealed = await readSealedTemplate(db, templateId)
  if (!sealed) throw new Error(`There is no template ${templateId}.`)
  await vault.load(sealed)
  return vault.open(sealed, identityOf(templateId))
}

/** What is in a template that is kept. */
export const templateReport = async (db: Queryable, vault: Vault, templateId: string): Promise<TemplateReport> =>
  inspectTemplate(await openTemplate(db, vault, templateId))

/** Each holds its package and the layouts of its rows, some hundred kilobytes. */
const mostHeld = 16

const held = () => perProcess('templates', () => new Map<string, Promise<PreparedTemplate>>())

/** The template, ready to make packages of. Those that were used last are held in memory: a template never changes. */
export function templateOf(db: Queryable, vault: Vault, templateId: string): Promise<PreparedTemplate> {
  const templates = held()
  const template = templates.get(templateId) ?? openTemplate(db, vault, templateId).then(prepareTemplate)
  templates.delete(templateId)
  templates.set(templateId, template)
  template.catch(() => templates.delete(templateId))
  const [oldest] = templates.keys()
  if (templates.size > mostHeld && oldest !== undefined) templates.delete(oldest)
  return template
}

/** Subscriber values that this template has a place for. */
export const templateValueNames = (template: PreparedTemplate): SubscriberValueName[] =>
  valuesOfTemplate(template)
    .filter(({ places }) => places.length > 0)
    .map(({ value }) => value)
