'use client'

import { useEffect, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { RecoveryCodes } from '../factors/recovery-codes'
import { recoveryCodesAction } from './actions'

interface KeepCodesProps {
  /** None: the page was left before they were kept. */
  codes: string[]
  onCodes: (codes: string[]) => void
  finish: (form: FormData) => Promise<void>
  next: string
}

/** The last step of the set-up: the recovery codes, once. */
export function KeepCodes({ codes, onCodes, finish, next }: KeepCodesProps) {
  const { run, pending, message } = useAction(recoveryCodesAction, onCodes)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <>
      <h1 ref={heading} tabIndex={-1} className="font-semibold text-xl tracking-tight outline-none">
        Your second factor is set up
      </h1>
      {codes.length > 0 ? (
        <RecoveryCodes codes={codes} />
      ) : (
        <>
          <p className="text-sm">
            Recovery codes were made with it. If you did not keep them, make new ones now; the earlier ones are over then.
          </p>
          {message ? <Notice tone="bad" title={message} live /> : null}
          <Button onClick={() => run(undefined)} disabled={pending}>
            {pending ? 'Making them…' : 'Make new recovery codes'}
          </Button>
        </>
      )}
      <form action={finish} className="flex flex-col">
        <input type="hidden" name="next" value={next} />
        <Button type="submit" variant="primary">
          I have kept them, go on
        </Button>
      </form>
    </>
  )
}
