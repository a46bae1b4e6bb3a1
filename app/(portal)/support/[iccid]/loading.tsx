import { Skeleton } from '@/components/ui/skeleton'

export default function SupportProfileLoading() {
  return (
    <div role="status" aria-label="The eSIM is on its way">
      <Skeleton className="h-5 w-16" />
      <Skeleton className="mt-2 mb-5 h-7 w-80 max-w-full" />
      <Skeleton className="mb-4 h-40" />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
        <Skeleton className="h-80" />
        <Skeleton className="h-80" />
      </div>
    </div>
  )
}
