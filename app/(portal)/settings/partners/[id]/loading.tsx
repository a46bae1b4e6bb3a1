import { Skeleton } from '@/components/ui/skeleton'

export default function PartnerLoading() {
  return (
    <div role="status" aria-label="The partner is on its way" className="flex max-w-5xl flex-col gap-4">
      <Skeleton className="h-12 w-64" />
      <Skeleton className="h-60" />
      <Skeleton className="h-40" />
      <Skeleton className="h-60" />
    </div>
  )
}
