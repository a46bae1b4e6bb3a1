import type { ComponentProps } from 'react'
import { classNames } from '@/components/class-names'

const box =
  'w-full rounded-md border border-control/70 bg-surface text-sm text-foreground placeholder:text-quiet disabled:cursor-not-allowed disabled:opacity-55 aria-invalid:border-bad'

export const Input = ({ className, ...props }: ComponentProps<'input'>) => (
  <input className={classNames(box, 'h-9 px-3', className)} {...props} />
)

export const Select = ({ className, ...props }: ComponentProps<'select'>) => (
  <select className={classNames(box, 'h-9 px-2.5', className)} {...props} />
)

export const TextArea = ({ className, ...props }: ComponentProps<'textarea'>) => (
  <textarea className={classNames(box, 'px-3 py-2', className)} {...props} />
)

export const Checkbox = ({ className, ...props }: Omit<ComponentProps<'input'>, 'type'>) => (
  <input type="checkbox" className={classNames('block size-4 shrink-0 rounded', className)} {...props} />
)
