'use client'

import type { ToggleEvent } from 'react'
import { Button } from '@/components/ui/button'
import type { Exchange } from '@/lib/rsp/decode/exchange'
import { FieldTree } from './field-tree'

interface ExchangeDetailsProps {
  /** Undefined until it is read */
  exchange: Exchange | null | undefined
  pending: boolean
  problem: string
  onOpen: () => void
}

/** What the device sent and what it was answered, field by field; read when it is unfolded. */
export function ExchangeDetails({ exchange, pending, problem, onOpen }: ExchangeDetailsProps) {
  const toggled = ({ newState }: ToggleEvent<HTMLDetailsElement>) => {
    if (newState === 'open' && !exchange && !pending) onOpen()
  }
  return (
    <details className="max-w-full open:w-full" onToggle={toggled}>
      <summary className="w-fit rounded hover:text-foreground">Request and answer</summary>
      <div className="mt-1 mb-1 flex flex-col gap-2 rounded-md bg-muted px-3 py-2 text-foreground">
        {exchange ? (
          <>
            <p className="text-quiet">ES9+.{exchange.function}</p>
            <dl>
              <dt className="font-medium">Request</dt>
              <dd className="mb-2">
                <FieldTree fields={exchange.request} />
              </dd>
              <dt className="font-medium">Answer</dt>
              <dd>
                <FieldTree fields={exchange.answer} />
              </dd>
            </dl>
          </>
        ) : pending ? (
          <p className="text-quiet" role="status">
            Reading…
          </p>
        ) : problem ? (
          <Button size="sm" className="self-start" onClick={onOpen}>
            Try again
          </Button>
        ) : null}
      </div>
    </details>
  )
}
