import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'

export default function TasksLoading() {
  return (
    <div role="status" aria-label="The tasks are on their way">
      <PageHeader title="Tasks" description="What runs in the background, how far it is, and what came of it." />
      <div className="flex max-w-3xl flex-col gap-3">
        <Skeleton className="h-9 w-40" />
        <Skeleton className="h-32" />
        <Skeleton className="h-32" />
      </div>
    </div>
  )
}
