import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { about } from './about'

export default function WebhooksLoading() {
  return (
    <div role="status" aria-label="The webhooks are on their way">
      <PageHeader title="Webhooks" description={about} />
      <div className="flex max-w-5xl flex-col gap-4">
        <Skeleton className="h-40" />
        <Skeleton className="h-28" />
      </div>
    </div>
  )
}
