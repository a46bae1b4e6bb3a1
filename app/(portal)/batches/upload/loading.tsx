import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { aboutUpload } from '../about'

export default function UploadLoading() {
  return (
    <div role="status" aria-label="The page is on its way">
      <PageHeader title="Upload" description={aboutUpload} />
      <Skeleton className="h-96 max-w-3xl" />
    </div>
  )
}
