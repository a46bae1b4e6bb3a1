'use client'

import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useEffect, useRef } from 'react'
import { classNames } from '@/components/class-names'
import { Button } from './button'

export const DialogTrigger = Radix.Trigger
export const DialogClose = Radix.Close

interface DialogProps {
  open?: boolean
  onOpenChange?: (open: boolean) => void
  trigger?: ReactNode
  title: ReactNode
  description?: ReactNode
  wide?: boolean
  /** An answer is waited for, which is to be seen here: until then nothing in it can be changed, and it stays open. */
  busy?: boolean
  children: ReactNode
}

/** A window over the page with a heading and a way out. */
export function Dialog({ open, onOpenChange, trigger, title, description, wide, busy = false, children }: DialogProps) {
  const focused = useRef<HTMLElement | null>(null)
  // What is disabled loses the focus, and the keyboard its place.
  useEffect(() => {
    if (!busy && focused.current?.isConnected && document.activeElement === document.body) focused.current.focus()
  }, [busy])
  return (
    <Radix.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange: shown => (busy && !shown ? undefined : onOpenChange(shown)) } : {})}
    >
      {trigger ? <Radix.Trigger asChild>{trigger}</Radix.Trigger> : null}
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          onFocusCapture={event => {
            focused.current = event.target
          }}
          className={classNames(
            'fixed inset-x-0 top-[max(1rem,8dvh)] z-50 mx-auto flex max-h-[calc(100dvh-max(1rem,8dvh)-1rem)] w-[calc(100%-1.5rem)] animate-rise-in flex-col rounded-lg border bg-raised shadow-xl',
            wide ? 'max-w-3xl' : 'max-w-lg',
          )}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-4">
            <div className="min-w-0">
              <Radix.Title className="font-semibold text-base">{title}</Radix.Title>
              {description ? <Radix.Description className="mt-1 text-quiet text-sm">{description}</Radix.Description> : null}
            </div>
            <Radix.Close asChild>
              <Button variant="ghost" size="icon" aria-label="Close" className="-mt-1 -mr-2" disabled={busy}>
                <X aria-hidden />
              </Button>
            </Radix.Close>
          </header>
          <div className="min-h-0 overflow-y-auto px-5 pt-3 pb-5">
            <fieldset disabled={busy} className="contents">
              {children}
            </fieldset>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
