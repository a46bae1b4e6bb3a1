import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { about } from './about'

export default function AuditLoading() {
  return (
    <div role="status" aria-label="The audit is on its way">
      <PageHeader title="Audit" description={about} />
      <Skeleton className="mb-4 h-24" />
      <Skeleton className="h-80" />
    </div>
  )
}
