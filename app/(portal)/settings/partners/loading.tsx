import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { about } from './about'

export default function PartnersLoading() {
  return (
    <div role="status" aria-label="The partners are on their way">
      <PageHeader title="Partners" description={about} />
      <div className="flex max-w-5xl flex-col gap-4">
        <Skeleton className="h-40" />
        <Skeleton className="h-28" />
      </div>
    </div>
  )
}
