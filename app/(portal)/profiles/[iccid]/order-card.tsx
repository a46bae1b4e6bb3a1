import { Download } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { EidPolicy } from '@/components/profile/eid-field'
import { QrCode } from '@/components/qr-code'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { may, type Role } from '@/lib/accounts/roles'
import type { Sight } from '@/lib/accounts/sight'
import { isLanguage, LANGUAGE_NAMES } from '@/lib/customer-page/language'
import type { OrderDetail, ProfileDetail } from '@/lib/db/portal/profile-detail'
import { orderActivationCode } from '@/lib/orders/activation-code'
import { qrText } from '@/lib/rsp/activation-code'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { AllowTries } from './allow-tries'
import { BindDevice, UnbindDevice } from './bind-device'
import { DeviceEid } from './device-eid'
import { ExtendCode } from './extend-code'
import { ReleaseOrder } from './release-order'
import { SmdsEvent } from './smds-event'
import { smdsWords } from './smds-words'

const Fact = ({ label, wide, children }: { label: string; wide?: boolean; children: ReactNode }) => (
  <div className={wide ? 'col-span-2 min-w-0' : 'min-w-0'}>
    <dt className="text-quiet text-xs">{label}</dt>
    <dd className="break-words">{children}</dd>
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

/** States in which an order can be bound to a device, as long as none has the package. */
const bindable: readonly ProfileState[] = ['Allocated', 'Linked', 'Confirmed', 'Released']

const REASONS: Record<OrderDetail['reason'], string | undefined> = {
  new: undefined,
  reissue: 'Made to move the profile to a new phone.',
  replacement: 'Made in place of a profile whose phone was lost or broken.',
}

interface OrderCardProps {
  profile: ProfileDetail
  order: OrderDetail
  eidPolicy: EidPolicy
  role: Role
  sight: Sight
  /** What ends it */
  end: ReactNode
}

/** The open order: the code to hand out, what it asks for and how often it was tried. */
export function OrderCard({ profile, order, role, sight, eidPolicy, end }: OrderCardProps) {
  const { smdpAddress, matchingId } = order
  const withoutCode = matchingId === ''
  const binds = may(role, 'order:bind') && bindable.includes(profile.state) && profile.eid === null
  const code =
    sight.codes && smdpAddress !== null && matchingId !== null
      ? orderActivationCode({ matchingId, smdpAddress, confirmationCodeRequired: order.confirmationCodeRequired })
      : undefined
  const releases = profile.state === 'Confirmed' && may(role, 'order:release')
  const extendable = matchingId !== null && may(role, 'order:extend')
  const onSmds = smdsWords(order, profile.state, new Date())
  const expired = order.expiresAt !== null && order.expiresAt.getTime() <= Date.now()

  return (
    <Card
      title={profile.state === 'Released' ? 'Code to hand out' : 'Open order'}
      description={REASONS[order.reason]}
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
            No device can use its code any more, until it is extended. If the customer is not to have it, cancel the order.
          </Notice>
        ) : null}
        {profile.state === 'Confirmed' ? (
          <Notice tone="info" title="Not released yet.">
            Devices are turned away until the order is released.
          </Notice>
        ) : null}
        {code ? (
          <div className="flex flex-col items-center gap-3">
            <QrCode text={qrText(code)} label={`QR code of ${code}`} className="w-72 max-w-full rounded-md border" />
            <Identifier value={code} what="activation code" wrap className="max-w-full" />
          </div>
        ) : matchingId ? (
          <p>
            The activation code ends with <span className="identifier font-medium">{matchingId.slice(-4)}</span>.{' '}
            <span className="text-quiet">
              {may(role, 'link:read')
                ? 'The customer gets the whole code on their page: send them its link.'
                : 'Your role does not see it whole.'}
            </span>
          </p>
        ) : withoutCode ? null : (
          <p className="text-quiet">The profile is set aside. The order has no activation code before it is confirmed.</p>
        )}
        {withoutCode ? (
          <Notice tone="info" title="A default SM-DP+ order: no code is needed.">
            The device finds the order by its EID when it asks {smdpAddress}, its default server.
            {code ? ' The code above only names that server.' : ''}
          </Notice>
        ) : null}
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
          {order.reference ? (
            <Fact label="Reference">
              <Identifier value={order.reference} what="reference" wrap />
            </Fact>
          ) : null}
          {order.customerEmail ? (
            <Fact label="Customer" wide>
              {order.customerEmail}
              {isLanguage(order.language) ? <span className="text-quiet"> · {LANGUAGE_NAMES[order.language]}</span> : null}
            </Fact>
          ) : null}
          {order.runId ? (
            <Fact label="Issued with">
              <Link href={`/orders/runs/${order.runId}`} className="rounded text-accent underline underline-offset-2">
                others in one go
              </Link>
            </Fact>
          ) : null}
          <Fact label="For the device" wide>
            <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
              {order.eid ? (
                <DeviceEid key={order.eid} iccid={profile.iccid} eid={order.eid} mayReveal={may(role, 'identity:reveal')} />
              ) : (
                'The first one that uses it'
              )}
              {binds ? (
                <div className="flex flex-wrap gap-1">
                  <BindDevice iccid={profile.iccid} eid={order.eid} reserves={false} eidPolicy={eidPolicy} />
                  {order.eid && !withoutCode ? <UnbindDevice iccid={profile.iccid} eid={order.eid} /> : null}
                </div>
              ) : null}
            </div>
          </Fact>
          {onSmds && order.smdsAddress ? (
            <Fact label="Event on the SM-DS" wide>
              <SmdsEvent words={onSmds} address={order.smdsAddress} />
            </Fact>
          ) : null}
        </dl>
        {releases || extendable || end ? (
          <footer className="flex flex-wrap gap-2 border-t pt-4">
            {releases ? <ReleaseOrder iccid={profile.iccid} /> : null}
            {extendable && order.expiresAt ? <ExtendCode iccid={profile.iccid} expiresAt={order.expiresAt} primary={expired} /> : null}
            {extendable ? (
              <AllowTries
                iccid={profile.iccid}
                downloads={{ used: order.downloadAttempts, limit: order.downloadLimit }}
                codes={order.confirmationCodeRequired ? { used: order.confirmationAttempts, limit: order.confirmationLimit } : null}
              />
            ) : null}
            {end}
          </footer>
        ) : null}
      </div>
    </Card>
  )
}
