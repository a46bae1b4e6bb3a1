import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { about } from './about'

export default function PartnersLoading() {
  return (
    <div role="status" aria-label="Calls and messages are on their way">
      <PageHeader title="Partners" description={about} />
      <div className="flex flex-col gap-4">
        <Skeleton className="h-40" />
        <Skeleton className="h-64" />
      </div>
    </div>
  )
}
