import { randomInt } from 'node:crypto'
import { Readable } from 'node:stream'
import { FormError } from '@/lib/form-error'
import { approveBatch } from '@/lib/inventory/batches/approve-batch'
import { batchChecker } from '@/lib/inventory/batches/batch-checker'
import { createBatch } from '@/lib/inventory/batches/create-batch'
import { startCheck } from '@/lib/inventory/batches/start-check'
import { craftedZip } from '@/lib/inventory/formats/testing/crafted-zip'
import { createType, listTypes, TypeInput } from '@/lib/inventory/types'
import { type Issued, issue } from '@/lib/orders/issue'
import type { Iccid } from '@/lib/rsp/identifiers'
import { personalise, prepareTemplate } from '@/lib/rsp/saip/personalise'
import { Imsi } from '@/lib/rsp/saip/subscriber-values'
import { readSample, SAMPLE_PACKAGES, sampleIccid } from './sample-packages'
import type { Deployment } from './with-runtime'

export const demoTypes = [
  TypeInput.parse({ name: 'demo-prepaid', serviceProviderName: 'Demo Mobile', profileName: 'Prepaid' }),
  TypeInput.parse({ name: 'demo-business', serviceProviderName: 'Demo Mobile', profileName: 'Business', protection: 'random' }),
] as const

/** @throws a sentence where a type of this name is there that is not the demonstration's */
async function ensureType({ db, actor }: Deployment, type: TypeInput): Promise<void> {
  const known = (await listTypes(db)).find(({ name }) => name === type.name)
  if (!known) await createType(db, actor, type)
  else if (known.live || known.protection !== type.protection)
    throw new FormError(`There is a type named ${type.name} that is not the demonstration’s, so it is left alone.`)
}

export interface DemoStock {
  prepaid: Iccid[]
  business: Iccid[]
}

/** Two test types, and a batch for each: a sample of each TS.48 version, of a fresh subscriber each. */
export async function seedStock(deployment: Deployment): Promise<DemoStock> {
  for (const type of demoTypes) await ensureType(deployment, type)
  const [prepaid, business] = demoTypes.map(({ name }) => takeSamples(deployment, name))
  return { prepaid: (await prepaid) ?? [], business: (await business) ?? [] }
}

async function takeSamples({ db, actor, now, vault, env }: Deployment, typeName: string): Promise<Iccid[]> {
  const ctx = { actor, now, vault, dataDir: env.dataDir }
  const numbers = SAMPLE_PACKAGES.map(() => randomInt(10 ** 10))
  const samples = SAMPLE_PACKAGES.map(async (name, i) => sampleOf(await readSample(name), numbers[i] ?? 0))
  const members = (await Promise.all(samples)).map(({ iccid, bytes }) => ({ name: `${iccid}.der`, bytes }))
  const source = Readable.from([craftedZip(members)])
  const { batchId } = await createBatch(db, ctx, { name: `${typeName}.zip`, typeName, source })
  await startCheck(db, ctx, batchId)
  await batchChecker().idle()
  await approveBatch(db, ctx, batchId, 'all')
  return numbers.map(sampleIccid)
}

function sampleOf(sample: Buffer, number: number): { iccid: Iccid; bytes: Buffer } {
  const iccid = sampleIccid(number)
  const imsi = Imsi.parse(`00101${String(number).padStart(10, '0')}`)
  return { iccid, bytes: personalise(prepareTemplate(sample), { iccid, imsi }) }
}

/** Issues one of the samples. */
export async function issueOne({ db, orders }: Deployment, iccid: Iccid | undefined, confirmationCode?: string): Promise<Issued> {
  const [issued] = iccid ? await issue(db, orders, { iccids: [iccid], confirmationCode }) : []
  if (!issued) throw new Error('There is no sample to issue.')
  return issued
}
