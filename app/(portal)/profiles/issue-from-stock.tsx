'use client'

import { QrCode } from 'lucide-react'
import type { EidPolicy } from '@/components/profile/eid-field'
import { Button } from '@/components/ui/button'
import { IssueDialog } from './issue-dialog'

interface IssueFromStockProps {
  types: { name: string; live: boolean }[]
  eidPolicy: EidPolicy
  primary?: boolean
}

/** Issues codes for any profiles of a type; there is nothing to issue before there is a type. */
export const IssueFromStock = ({ types, eidPolicy, primary }: IssueFromStockProps) => (
  <IssueDialog
    types={types}
    eidPolicy={eidPolicy}
    trigger={
      <Button disabled={types.length === 0} {...(primary ? { variant: 'primary' } : {})}>
        <QrCode aria-hidden /> Issue from stock…
      </Button>
    }
  />
)
