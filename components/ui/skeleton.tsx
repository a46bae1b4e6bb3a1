import { classNames } from '@/components/class-names'

/** The place of something that is still on its way. */
export const Skeleton = ({ className }: { className?: string }) => (
  <div aria-hidden className={classNames('motion-safe:animate-pulse rounded bg-muted', className)} />
)
