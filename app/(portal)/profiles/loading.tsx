import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'

const rows = Array.from({ length: 12 }, (_, i) => i)

export default function ProfilesLoading() {
  return (
    <div role="status" aria-label="The profiles are on their way">
      <PageHeader title="Profiles" description="Find a profile by any of its numbers, issue codes, and follow what devices do with them." />
      <div className="mb-3 flex flex-wrap gap-1.5">
        {rows.slice(0, 9).map(i => (
          <Skeleton key={i} className="h-8 w-28 rounded-full" />
        ))}
      </div>
      <div className="rounded-lg border bg-surface">
        <div className="border-b p-3">
          <Skeleton className="h-8 w-80 max-w-full" />
        </div>
        <div className="flex flex-col gap-4 p-4">
          {rows.map(i => (
            <Skeleton key={i} className="h-5" />
          ))}
        </div>
      </div>
    </div>
  )
}
