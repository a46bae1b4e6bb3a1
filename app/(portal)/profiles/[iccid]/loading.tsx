import { Skeleton } from '@/components/ui/skeleton'

export default function ProfileLoading() {
  return (
    <div role="status" aria-label="The profile is on its way">
      <Skeleton className="h-5 w-16" />
      <Skeleton className="mt-2 h-7 w-80 max-w-full" />
      <Skeleton className="mt-2 mb-5 h-5 w-96 max-w-full" />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
        <div className="flex flex-col gap-4">
          <Skeleton className="h-96" />
          <Skeleton className="h-56" />
        </div>
        <Skeleton className="h-80" />
      </div>
    </div>
  )
}
