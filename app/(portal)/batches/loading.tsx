import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { about } from './about'

export default function BatchesLoading() {
  return (
    <div role="status" aria-label="The page is on its way">
      <PageHeader title="Batches" description={about} />
      <Skeleton className="h-96" />
    </div>
  )
}
