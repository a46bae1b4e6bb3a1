import { ArrowRight, CircleCheck, Hourglass } from 'lucide-react'
import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { CopyButton } from '@/components/ui/copy-button'
import { Identifier } from '@/components/ui/identifier'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ReplacementRow } from '@/lib/db/replacement-rows'

const Side = ({ word, iccid, imsi }: { word: string; iccid: string; imsi: string | null }) => (
  <div className="min-w-0">
    <p className="text-quiet text-xs">{word}</p>
    <p className="flex items-center gap-1">
      <Link href={`/profiles/${iccid}`} className="identifier truncate rounded text-accent hover:underline">
        {iccid}
      </Link>
      <CopyButton text={iccid} what={`ICCID ${iccid}`} />
    </p>
    {imsi ? (
      <p className="flex items-center gap-1 text-quiet text-xs">
        IMSI <Identifier value={imsi} what={`IMSI ${imsi}`} />
      </p>
    ) : null}
  </div>
)

/** Replacements, newest first: which profile took the place of which, why, and whether the network was told. */
export const ReplacementList = ({ replacements }: { replacements: ReplacementRow[] }) => (
  <ul className="divide-y">
    {replacements.map(({ id, oldIccid, oldImsi, newIccid, newImsi, msisdn, reference, reason, at, createdBy, exportedAt, exportedBy }) => (
      <li key={id} className="grid gap-x-6 gap-y-3 px-4 py-3 lg:grid-cols-[minmax(0,30rem)_minmax(0,1fr)_auto]">
        <div className="grid gap-x-3 gap-y-2 sm:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)]">
          <Side word="Before" iccid={oldIccid} imsi={oldImsi} />
          <ArrowRight className="size-4 self-center text-quiet max-sm:hidden" aria-hidden />
          <Side word="Now" iccid={newIccid} imsi={newImsi} />
        </div>
        <div className="min-w-0">
          <p className="break-words">{reason}</p>
          <p className="break-words text-quiet text-xs">
            {[msisdn ? `Phone number ${msisdn}` : '', reference ? `reference ${reference}` : ''].filter(Boolean).join(', ')}
          </p>
          <p className="break-words text-quiet text-xs">
            <RelativeTime at={at} /> by {createdBy}
          </p>
        </div>
        <div className="lg:text-right">
          {exportedAt ? (
            <>
              <Badge tone="good" icon={CircleCheck} word="Handed over" meaning="It is in a file for the network’s own systems." />
              <p className="mt-1 break-words text-quiet text-xs">
                <RelativeTime at={exportedAt} />
                {exportedBy ? ` by ${exportedBy}` : ''}
              </p>
            </>
          ) : (
            <Badge
              tone="warn"
              icon={Hourglass}
              word="Not handed over"
              meaning="It is in no file yet that tells the network’s own systems of it."
            />
          )}
        </div>
      </li>
    ))}
  </ul>
)
