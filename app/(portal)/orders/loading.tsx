import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { about } from './about'

export default function OrdersLoading() {
  return (
    <div role="status" aria-label="The orders are on their way">
      <PageHeader title="Orders" description={about} />
      <Skeleton className="h-80" />
    </div>
  )
}
