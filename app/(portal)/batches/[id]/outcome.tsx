import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '@/components/class-names'
import { TONE_CLASSES, type Tone } from '@/components/ui/tone'

interface OutcomeProps {
  tone: Tone
  icon: LucideIcon
  title: ReactNode
  children?: ReactNode
  actions?: ReactNode
}

/** What became of a batch, in a headline, and what can be done now. */
export const Outcome = ({ tone, icon: Icon, title, children, actions }: OutcomeProps) => (
  <section aria-labelledby="outcome" className="overflow-hidden rounded-lg border bg-surface">
    <header className={classNames('flex gap-3 px-4 py-4', TONE_CLASSES[tone])}>
      <Icon className="mt-0.5 size-5 shrink-0" aria-hidden />
      <div className="min-w-0">
        <h2 id="outcome" className="font-semibold text-lg leading-tight">
          {title}
        </h2>
        {children ? <div className="mt-1 text-foreground">{children}</div> : null}
      </div>
    </header>
    {actions ? <footer className="flex flex-wrap items-center gap-2 border-t px-4 py-3">{actions}</footer> : null}
  </section>
)
