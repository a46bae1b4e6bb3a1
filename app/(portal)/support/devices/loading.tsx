import { Skeleton } from '@/components/ui/skeleton'

export default function DevicesLoading() {
  return (
    <div role="status" aria-label="The devices are on their way">
      <Skeleton className="mb-5 h-7 w-40" />
      <Skeleton className="mb-4 h-40" />
      <div className="grid gap-4 xl:grid-cols-2">
        {['a', 'b', 'c', 'd'].map(key => (
          <Skeleton key={key} className="h-72" />
        ))}
      </div>
    </div>
  )
}
