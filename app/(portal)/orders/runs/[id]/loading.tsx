import { Skeleton } from '@/components/ui/skeleton'

export default function RunLoading() {
  return (
    <div role="status" aria-label="The orders are on their way">
      <Skeleton className="h-5 w-16" />
      <Skeleton className="mt-2 h-7 w-80 max-w-full" />
      <Skeleton className="mt-2 mb-5 h-5 w-72 max-w-full" />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Skeleton className="h-80" />
        <Skeleton className="h-48" />
      </div>
      <Skeleton className="mt-4 h-96" />
    </div>
  )
}
