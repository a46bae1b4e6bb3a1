import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'

export default function SettingsLoading() {
  return (
    <div role="status" aria-label="The settings are on their way">
      <PageHeader
        title="Settings"
        description="Under which name devices reach this server, whom it trusts, who works here, and which keys it keeps."
      />
      <div className="flex max-w-5xl flex-col gap-4">
        <Skeleton className="h-40" />
        <Skeleton className="h-96" />
        <Skeleton className="h-40" />
      </div>
    </div>
  )
}
