import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'

export default function AccountLoading() {
  return (
    <div role="status" aria-label="Your account is on its way">
      <PageHeader title="Your account" />
      <div className="flex max-w-3xl flex-col gap-4">
        <Skeleton className="h-28" />
        <Skeleton className="h-28" />
        <Skeleton className="h-40" />
      </div>
    </div>
  )
}
