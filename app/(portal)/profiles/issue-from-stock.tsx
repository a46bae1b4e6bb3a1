'use client'

import { QrCode } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { IssueDialog } from './issue-dialog'

/** Issues codes for any profiles of a type; there is nothing to issue before there is a type. */
export const IssueFromStock = ({ types }: { types: { name: string; live: boolean }[] }) => (
  <IssueDialog
    types={types}
    trigger={
      <Button disabled={types.length === 0}>
        <QrCode aria-hidden /> Issue from stock…
      </Button>
    }
  />
)
