import type { TimelineEvent } from '@/lib/rsp/timeline/event'
import type { Queryable, Transaction } from './pool'

/** What the operator's list says of a TAC; one of the two may be empty. */
export interface DeviceModel {
  brand: string
  model: string
}

/** What the list says of these TACs, by TAC; those that it does not have are left out. */
export async function modelsOf(db: Queryable, tacs: Iterable<string>): Promise<Map<string, DeviceModel>> {
  const asked = [...new Set(tacs)].filter(tac => tac !== '')
  if (asked.length === 0) return new Map()
  const { rows } = await db.query<DeviceModel & { tac: string }>({
    name: 'device-models-of',
    text: 'SELECT tac, brand, model FROM device_model WHERE tac = ANY($1::text[])',
    values: [asked],
  })
  return new Map(rows.map(({ tac, brand, model }) => [tac, { brand, model }]))
}

const tacOf = ({ data }: Pick<TimelineEvent, 'data'>): string => (typeof data?.tac === 'string' ? data.tac : '')

/** The same events, with `brand` and `model` beside each TAC that the list has. */
export async function nameDevices<Event extends Pick<TimelineEvent, 'data'>>(db: Queryable, events: Event[]): Promise<Event[]> {
  const models = await modelsOf(db, events.map(tacOf))
  if (models.size === 0) return events
  return events.map(event => {
    const model = models.get(tacOf(event))
    return model ? { ...event, data: { ...event.data, ...model } } : event
  })
}

const importLock = 7_270_737_020

/** Lets nobody else change the list until the transaction ends. */
export const lockDeviceModels = (tx: Transaction) => tx.query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [importLock] })

export const deleteDeviceModels = (tx: Transaction) => tx.query({ text: 'DELETE FROM device_model' })

/** Adds to the list, or corrects what it says of a TAC. @param models no TAC twice */
export const writeDeviceModels = (tx: Transaction, models: readonly (DeviceModel & { tac: string })[]) =>
  tx.query({
    name: 'device-models-write',
    text: `INSERT INTO device_model (tac, brand, model) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
      ON CONFLICT (tac) DO UPDATE SET brand = excluded.brand, model = excluded.model
      WHERE (device_model.brand, device_model.model) IS DISTINCT FROM (excluded.brand, excluded.model)`,
    values: [models.map(({ tac }) => tac), models.map(({ brand }) => brand), models.map(({ model }) => model)],
  })

export async function countDeviceModels(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>({ text: 'SELECT count(*)::int AS count FROM device_model' })
  return rows[0]?.count ?? 0
}
