import { Skeleton } from '@/components/ui/skeleton'

export default function BatchLoading() {
  return (
    <div role="status" aria-label="The page is on its way">
      <Skeleton className="mb-5 h-16 max-w-md" />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_18.5rem]">
        <Skeleton className="h-72" />
        <Skeleton className="h-56" />
      </div>
    </div>
  )
}
