'use client'

import { AlertDialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { Button } from './button'

interface ConfirmDialogProps {
  trigger: ReactNode
  title: ReactNode
  /** Names what is lost. */
  description: ReactNode
  confirm: string
  /** The way out, in words. */
  keep: string
  pending?: boolean
  onConfirm: () => void
  children?: ReactNode
}

/** Asks once before something that cannot be taken back. */
export function ConfirmDialog({ trigger, title, description, confirm, keep, pending, onConfirm, children }: ConfirmDialogProps) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger asChild>{trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <AlertDialog.Content className="fixed inset-x-0 top-[max(1rem,16dvh)] z-50 mx-auto max-h-[calc(100dvh-max(1rem,16dvh)-1rem)] w-[calc(100%-1.5rem)] max-w-md animate-rise-in overflow-y-auto rounded-lg border bg-raised p-5 shadow-xl">
          <AlertDialog.Title className="font-semibold text-base">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mt-2 text-quiet text-sm">{description}</div>
          </AlertDialog.Description>
          {children}
          <footer className="mt-5 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>{keep}</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button variant="danger" disabled={pending} onClick={onConfirm}>
                {confirm}
              </Button>
            </AlertDialog.Action>
          </footer>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
