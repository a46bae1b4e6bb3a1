import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { profileAbout } from '../../about'

export default function ProfileTrafficLoading() {
  return (
    <div role="status" aria-label="Calls and messages are on their way">
      <PageHeader title="What the partner was told" description={profileAbout} />
      <Skeleton className="h-64" />
    </div>
  )
}
