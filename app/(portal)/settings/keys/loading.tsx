import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { about } from './about'

export default function KeysLoading() {
  return (
    <div role="status" aria-label="The keys are on their way">
      <PageHeader title="Keys for files" description={about} />
      <div className="flex max-w-5xl flex-col gap-4">
        <Skeleton className="h-60" />
        <Skeleton className="h-40" />
      </div>
    </div>
  )
}
