import { Skeleton } from '@/components/ui/skeleton'

export default function RadarLoading() {
  return (
    <div role="status" aria-label="The radar is on its way">
      <Skeleton className="mb-5 h-7 w-40" />
      <div className="mb-4 grid grid-cols-2 gap-2 sm:grid-cols-3 xl:grid-cols-5">
        {['a', 'b', 'c', 'd', 'e'].map(key => (
          <Skeleton key={key} className="h-20" />
        ))}
      </div>
      <Skeleton className="h-80" />
    </div>
  )
}
