import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'

export default function TypesLoading() {
  return (
    <div role="status" aria-label="The types are on their way">
      <PageHeader
        title="Types"
        description="What profiles of one kind have in common: the names a person sees, whether real devices may have them, and how often a code can be tried."
      />
      <div className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
        <Skeleton className="h-72" />
        <Skeleton className="h-72" />
      </div>
    </div>
  )
}
