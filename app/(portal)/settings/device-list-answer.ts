import type { DeviceImport } from '@/lib/inventory/devices/import-devices'

/** The answer to a list of devices that was sent. */
export type DeviceListAnswer = DeviceImport | { message: string }
