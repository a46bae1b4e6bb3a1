import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { about } from './about'

export default function PersonalDataLoading() {
  return (
    <div role="status" aria-label="The page about personal data is on its way">
      <PageHeader title="Personal data" description={about} />
      <div className="flex max-w-5xl flex-col gap-4">
        <Skeleton className="h-48" />
        <Skeleton className="h-96" />
      </div>
    </div>
  )
}
