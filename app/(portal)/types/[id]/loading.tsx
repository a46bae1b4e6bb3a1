import { Skeleton } from '@/components/ui/skeleton'

export default function TypeLoading() {
  return (
    <div role="status" aria-label="The type is on its way">
      <Skeleton className="h-5 w-12" />
      <Skeleton className="mt-2 h-7 w-64 max-w-full" />
      <Skeleton className="mt-2 mb-5 h-5 w-96 max-w-full" />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <Skeleton className="h-96" />
        <Skeleton className="h-96" />
      </div>
    </div>
  )
}
