import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '@/components/class-names'

const tones = {
  info: { icon: Info, classes: 'bg-info-soft text-info' },
  good: { icon: CircleCheck, classes: 'bg-good-soft text-good' },
  warn: { icon: TriangleAlert, classes: 'bg-warn-soft text-warn' },
  bad: { icon: CircleAlert, classes: 'bg-bad-soft text-bad' },
}

interface NoticeProps {
  tone: keyof typeof tones
  title: ReactNode
  /** Read out at once, for what has just happened. */
  live?: boolean
  className?: string
  children?: ReactNode
}

/** Something that a person should know here and now. */
export function Notice({ tone, title, live, className, children }: NoticeProps) {
  const { icon: Icon, classes } = tones[tone]
  return (
    <div role={live ? 'alert' : undefined} className={classNames('flex gap-2.5 rounded-md px-3 py-2.5', classes, className)}>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {children ? <div className="mt-0.5 text-foreground">{children}</div> : null}
      </div>
    </div>
  )
}
