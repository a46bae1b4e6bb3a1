import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'

export default function MailLoading() {
  return (
    <div role="status" aria-label="The mails are on their way">
      <PageHeader title="Mail" description="What this portal has sent by e-mail, or would." />
      <div className="flex max-w-3xl flex-col gap-3">
        <Skeleton className="h-9" />
        <Skeleton className="h-32" />
      </div>
    </div>
  )
}
