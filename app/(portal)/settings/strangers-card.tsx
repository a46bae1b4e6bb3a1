import { Card } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import { STATUS } from '@/lib/rsp/status'
import type { StrangerRefusal } from '@/lib/smdp/es9/strangers'

const shown = 50

/** Devices that were turned away before they had proved themselves; they belong to no profile's timeline. */
export const StrangersCard = ({ refusals }: { refusals: StrangerRefusal[] }) => (
  <Card
    title="Turned away at the door"
    description="Devices that were refused before they proved to be an eUICC, so no profile tells of them. Kept in memory only, the newest first."
  >
    {refusals.length === 0 ? (
      <p className="text-quiet">Nobody since the server started.</p>
    ) : (
      <ul className="-my-2 divide-y">
        {refusals.slice(0, shown).map(refusal => {
          const { meaning, subjectCode, reasonCode } = STATUS[refusal.status]
          return (
            <li key={`${refusal.at.getTime()} ${refusal.function} ${refusal.address} ${refusal.detail}`} className="py-2">
              <p>
                {meaning}
                <span className="ml-2 whitespace-nowrap text-quiet text-xs tabular-nums" title="Subject and reason code of SGP.22">
                  {subjectCode} / {reasonCode}
                </span>
              </p>
              <p className="text-quiet text-xs">
                <RelativeTime at={refusal.at} />
                {refusal.address ? <> · from {refusal.address}</> : null} · {refusal.function}
                {refusal.detail ? <> · {refusal.detail}</> : null}
              </p>
            </li>
          )
        })}
      </ul>
    )}
  </Card>
)
