import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'

export default function UploadLoading() {
  return (
    <div role="status" aria-label="The page is on its way">
      <PageHeader
        title="Upload"
        description="Each package is read and checked. What holds becomes stock and can be issued at once; what does not is refused with the reason."
      />
      <Skeleton className="h-96 max-w-3xl" />
    </div>
  )
}
