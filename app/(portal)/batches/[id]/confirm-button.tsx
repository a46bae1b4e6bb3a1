'use client'

import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'

interface ConfirmButtonProps {
  children: ReactNode
  title: string
  description: ReactNode
  confirm: string
  keep: string
  pending: boolean
  onConfirm: () => void
}

/** A quiet button for what cannot be taken back: it asks once, naming what is lost. */
export const ConfirmButton = ({ children, pending, ...dialog }: ConfirmButtonProps) => (
  <ConfirmDialog
    trigger={
      <Button disabled={pending} variant="ghost" className="text-bad">
        {children}
      </Button>
    }
    pending={pending}
    {...dialog}
  />
)
