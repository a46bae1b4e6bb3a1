import { Skeleton } from '@/components/ui/skeleton'

export const WaitingForAttempts = () => (
  <div role="status" aria-label="The figures are on their way" className="flex flex-col gap-4">
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {['attempts', 'installed', 'rate', 'time'].map(name => (
        <Skeleton key={name} className="h-23" />
      ))}
    </div>
    <Skeleton className="h-96" />
  </div>
)

/** Among others that are there. */
export const WaitingForFigure = () => <div className="motion-safe:animate-pulse rounded-lg bg-muted" />

export const WaitingForCard = () => <Skeleton className="h-96" />

export const WaitingForStock = () => (
  <div role="status" aria-label="The stock is being counted">
    <Skeleton className="h-64" />
  </div>
)
