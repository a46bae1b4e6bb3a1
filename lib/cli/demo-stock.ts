import { randomInt } from 'node:crypto'
import { FormError } from '@/lib/form-error'
import { importPackages } from '@/lib/inventory/import-packages'
import { createType, listTypes, TypeInput } from '@/lib/inventory/types'
import { type Issued, issue } from '@/lib/orders/issue'
import type { Iccid } from '@/lib/rsp/identifiers'
import { readSample, SAMPLE_PACKAGES, sampleIccid, withIccid } from './sample-packages'
import type { Deployment } from './with-runtime'

export const demoTypes = [
  TypeInput.parse({ name: 'demo-prepaid', serviceProviderName: 'Demo Mobile', profileName: 'Prepaid' }),
  TypeInput.parse({ name: 'demo-business', serviceProviderName: 'Demo Mobile', profileName: 'Business', protection: 'random' }),
] as const

/** @throws a sentence where a type of this name is there that is not the demonstration's */
async function ensureType({ db, actor }: Deployment, type: TypeInput): Promise<void> {
  const known = (await listTypes(db)).find(({ name }) => name === type.name)
  if (!known) return createType(db, actor, type)
  if (known.live || known.protection !== type.protection)
    throw new FormError(`There is a type named ${type.name} that is not the demonstration’s, so it is left alone.`)
}

export interface DemoStock {
  prepaid: Iccid[]
  business: Iccid[]
}

/** Two test types, and a sample of each TS.48 version in each of them under a fresh ICCID. */
export async function seedStock(deployment: Deployment): Promise<DemoStock> {
  for (const type of demoTypes) await ensureType(deployment, type)
  const [prepaid, business] = demoTypes.map(({ name }) => takeSamples(deployment, name))
  return { prepaid: (await prepaid) ?? [], business: (await business) ?? [] }
}

async function takeSamples({ db, actor, now, vault }: Deployment, typeName: string): Promise<Iccid[]> {
  const iccids = SAMPLE_PACKAGES.map(() => sampleIccid(randomInt(10 ** 11)))
  const samples = SAMPLE_PACKAGES.map(async (name, i) => {
    const iccid = iccids[i] ?? sampleIccid(0)
    return { name: `${iccid}.der`, bytes: withIccid(await readSample(name), iccid) }
  })
  const { refused } = await importPackages(db, { actor, now, vault }, { typeName, files: await Promise.all(samples) })
  if (refused[0]) throw new Error(`A sample was refused: ${refused[0].reason}`)
  return iccids
}

/** Issues one of the samples. */
export async function issueOne({ db, orders }: Deployment, iccid: Iccid | undefined, confirmationCode?: string): Promise<Issued> {
  const [issued] = iccid ? await issue(db, orders, { iccids: [iccid], confirmationCode }) : []
  if (!issued) throw new Error('There is no sample to issue.')
  return issued
}
