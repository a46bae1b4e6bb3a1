import { ArrowRight } from 'lucide-react'
import Link from 'next/link'
import { hasTraffic } from '@/lib/db/partners/workbench'
import { database } from '@/lib/db/pool'

/** The way from a profile to what partners asked for it and were told of it; nothing where there is nothing. */
export async function ToldLink({ iccid }: { iccid: string }) {
  if (!(await hasTraffic(database(), iccid))) return null
  return (
    <Link
      href={`/partners/profiles/${iccid}`}
      prefetch={false}
      className="mt-1 inline-flex w-fit items-center gap-1 rounded text-accent underline-offset-2 hover:underline"
    >
      What the partner was told <ArrowRight className="size-4" aria-hidden />
    </Link>
  )
}
