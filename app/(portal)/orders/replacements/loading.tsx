import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { about } from './about'

export default function ReplacementsLoading() {
  return (
    <div role="status" aria-label="The replacements are on their way">
      <Skeleton className="h-5 w-14" />
      <PageHeader title="Replacements" description={about} />
      <div className="flex flex-col gap-4">
        <Skeleton className="h-24" />
        <Skeleton className="h-96" />
      </div>
    </div>
  )
}
