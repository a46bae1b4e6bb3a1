import Link from 'next/link'
import type { ReactNode } from 'react'
import { byteWords } from '@/components/number-words'
import { Card } from '@/components/ui/card'
import { Identifier } from '@/components/ui/identifier'
import type { DeviceFacts } from '@/lib/rsp/explain/attempt'
import { deviceName } from '@/lib/rsp/explain/device-name'
import { EUICC_CATEGORIES } from '@/lib/rsp/explain/eligibility-rules'
import { DeviceEid } from '../../profiles/[iccid]/device-eid'

interface DeviceCardProps {
  iccid: string
  device: DeviceFacts
  mayReveal: boolean
}

const Row = ({ label, children }: { label: string; children: ReactNode }) =>
  children ? (
    <div className="grid gap-x-4 py-1.5 sm:grid-cols-[9.5rem_1fr]">
      <dt className="text-quiet">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  ) : null

const Tac = ({ tac }: { tac: string }) => (
  <span className="flex flex-wrap items-center gap-x-3">
    <Identifier value={tac} what="TAC" />
    <Link href={`/support/devices/attempts?tac=${tac}`} className="rounded text-accent underline underline-offset-2">
      How downloads go on it
    </Link>
  </span>
)

const memory = (bytes: number | undefined): string | undefined => (bytes === undefined ? undefined : byteWords(bytes))

/** What the phone last told of itself. */
export function DeviceCard({ iccid, device, mayReveal }: DeviceCardProps) {
  const { eid, tac, imei, freeMemory, neededMemory, profileVersion, svn, firmware, category } = device
  return (
    <Card title="Phone" description="As it told of itself when it tried last.">
      <dl className="-my-1.5 divide-y">
        <Row label="Model">{deviceName(device)}</Row>
        <Row label="EID">{eid ? <DeviceEid key={eid} iccid={iccid} eid={eid} mayReveal={mayReveal} /> : null}</Row>
        <Row label="TAC">{tac ? <Tac tac={tac} /> : null}</Row>
        <Row label="IMEI">{imei ? <Identifier value={imei} what="IMEI" /> : null}</Row>
        <Row label="Free memory">{memory(freeMemory)}</Row>
        <Row label="This eSIM needs">{memory(neededMemory)}</Row>
        <Row label="SGP.22 version">{svn}</Row>
        <Row label="Package version">{profileVersion}</Row>
        <Row label="Firmware">{firmware}</Row>
        <Row label="Category">{category === undefined ? null : EUICC_CATEGORIES[category]}</Row>
      </dl>
    </Card>
  )
}
