import type { ReactNode } from 'react'
import { classNames } from '@/components/class-names'

interface CardProps {
  title?: ReactNode
  description?: ReactNode
  actions?: ReactNode
  className?: string
  children: ReactNode
}

/** A section of a page with its own heading. */
export function Card({ title, description, actions, className, children }: CardProps) {
  return (
    <section className={classNames('min-w-0 rounded-lg border bg-surface', className)}>
      {title ? (
        <header className="flex min-h-13 flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b px-4 py-2.5">
          <div className="min-w-0">
            <h2 className="font-semibold text-base leading-tight">{title}</h2>
            {description ? <p className="mt-1 text-quiet text-sm">{description}</p> : null}
          </div>
          {actions}
        </header>
      ) : null}
      <div className="p-4">{children}</div>
    </section>
  )
}
