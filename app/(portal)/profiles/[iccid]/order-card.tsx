import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { QrCode } from '@/components/qr-code'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import type { OrderDetail, ProfileDetail } from '@/lib/db/portal/profile-detail'
import { orderActivationCode } from '@/lib/orders/activation-code'
import { ReleaseOrder } from './release-order'

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt className="text-quiet text-xs">{label}</dt>
    <dd>{children}</dd>
  </div>
)

/** An attempt that was counted, and how many there may be. */
const Attempts = ({ used, limit }: { used: number; limit: number }) => (
  <span className={used >= limit ? 'text-bad' : undefined}>
    <span className="tabular-nums">
      {used} of {limit}
    </span>{' '}
    used
  </span>
)

interface OrderCardProps {
  profile: ProfileDetail
  order: OrderDetail
  cancel: ReactNode
}

/** The open order: the code to hand out, what it asks for and how often it was tried. */
export function OrderCard({ profile, order, cancel }: OrderCardProps) {
  const { smdpAddress, matchingId } = order
  const code =
    smdpAddress !== null && matchingId !== null
      ? orderActivationCode({ matchingId, smdpAddress, confirmationCodeRequired: order.confirmationCodeRequired })
      : undefined
  const expired = order.expiresAt !== null && order.expiresAt.getTime() <= Date.now()

  return (
    <Card
      title={profile.state === 'Released' ? 'Code to hand out' : 'Open order'}
      actions={
        code ? (
          <Button asChild size="sm">
            <a href={`/api/profiles/${profile.iccid}/qr`} download>
              <Download aria-hidden /> PNG
            </a>
          </Button>
        ) : null
      }
    >
      <div className="flex flex-col gap-4">
        {expired ? (
          <Notice tone="bad" title="This order has expired.">
            No device can use its code any more. Cancel it and issue a new one.
          </Notice>
        ) : null}
        {profile.state === 'Confirmed' ? (
          <Notice tone="info" title="Not released yet.">
            Devices are turned away until the order is released.
          </Notice>
        ) : null}
        {code ? (
          <div className="flex flex-col items-center gap-3">
            <QrCode text={code} label={`QR code of ${code}`} className="w-72 max-w-full rounded-md border" />
            <Identifier value={code} what="activation code" wrap className="max-w-full" />
          </div>
        ) : (
          <p className="text-quiet">The order has no activation code before it is confirmed.</p>
        )}
        <dl className="grid grid-cols-2 gap-x-4 gap-y-3">
          <Fact label="Confirmation code">{order.confirmationCodeRequired ? 'Needed' : 'Not needed'}</Fact>
          <Fact label="Valid until">{order.expiresAt ? <RelativeTime at={order.expiresAt} /> : 'No end set'}</Fact>
          <Fact label="Download attempts">
            <Attempts used={order.downloadAttempts} limit={order.downloadLimit} />
          </Fact>
          {order.confirmationCodeRequired ? (
            <Fact label="Confirmation code attempts">
              <Attempts used={order.confirmationAttempts} limit={order.confirmationLimit} />
            </Fact>
          ) : null}
          <Fact label="Issued">
            <RelativeTime at={order.createdAt} /> <span className="text-quiet">by {order.createdBy}</span>
          </Fact>
          <Fact label="For">{order.eid ? <Identifier value={order.eid} what="EID" wrap /> : 'the first device that uses it'}</Fact>
        </dl>
        <footer className="flex flex-wrap gap-2 border-t pt-4">
          {profile.state === 'Confirmed' ? <ReleaseOrder iccid={profile.iccid} /> : null}
          {cancel}
        </footer>
      </div>
    </Card>
  )
}
