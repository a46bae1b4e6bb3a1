import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'

export default function SupportLoading() {
  return (
    <div role="status" aria-label="The search is on its way">
      <PageHeader title="Support" />
      <div className="flex max-w-4xl flex-col gap-4">
        <Skeleton className="h-9 max-w-2xl" />
        <Skeleton className="h-64" />
      </div>
    </div>
  )
}
