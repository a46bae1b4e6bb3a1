import { database } from '@/lib/db/pool'
import { deviceListState } from '@/lib/inventory/devices/import-devices'
import { DevicesCard } from './devices-card'

/** What the list of devices holds, with the way to load another. */
export async function DeviceNames({ mayChange }: { mayChange: boolean }) {
  const { total, last } = await deviceListState(database())
  return <DevicesCard total={total} last={last && { file: last.file, at: last.at.toISOString(), by: last.by }} mayChange={mayChange} />
}
