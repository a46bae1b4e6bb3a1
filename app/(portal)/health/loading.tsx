import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'

export default function HealthLoading() {
  return (
    <div role="status" aria-label="The server's health is on its way">
      <PageHeader title="Health" description="How busy this server is, whom it turns away, and what will need attention." />
      <div className="flex max-w-6xl flex-col gap-4">
        <Skeleton className="h-11" />
        <div className="grid gap-4 lg:grid-cols-2">
          <Skeleton className="h-96" />
          <Skeleton className="h-96" />
        </div>
      </div>
    </div>
  )
}
