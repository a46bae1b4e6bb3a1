'use client'

import { createContext, type ReactNode, useContext, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'

interface Shown {
  orderId: string
  code: string
}

const Show = createContext<(shown: Shown) => void>(() => {})

/** Gives the confirmation code of a new order to the notice that shows it once. */
export const useShowOnce = () => useContext(Show)

/** Keeps a confirmation code on the screen after issuing, until it is put away or the page is left; it is stored nowhere. */
export function ShownOnce({ orderId, children }: { orderId: string | null; children: ReactNode }) {
  const [shown, setShown] = useState<Shown>()
  return (
    <Show value={setShown}>
      {shown && shown.orderId === orderId ? (
        <Notice tone="warn" title="Note the confirmation code: it is not shown again." live>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <Identifier value={shown.code} what="confirmation code" className="font-semibold text-base" />
            <Button size="sm" onClick={() => setShown(undefined)}>
              I have it
            </Button>
          </div>
        </Notice>
      ) : null}
      {children}
    </Show>
  )
}
