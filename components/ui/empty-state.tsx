import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  icon: LucideIcon
  title: ReactNode
  /** What to do next. */
  children: ReactNode
  action?: ReactNode
}

export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-12 text-center">
      <Icon className="size-8 text-quiet" aria-hidden />
      <p className="font-medium text-base">{title}</p>
      <div className="max-w-md text-quiet">{children}</div>
      {action ? <div className="mt-2">{action}</div> : null}
    </div>
  )
}
