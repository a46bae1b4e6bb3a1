'use client'

import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { Button } from '@/components/ui/button'

interface ErrorMessageProps {
  /** The id under which the server logged it. */
  digest: string | undefined
  /** Forgets the failure, so that the page is shown anew */
  reset: () => void
}

/** What to say when something broke that nobody at the screen can mend. */
export function ErrorMessage({ digest, reset }: ErrorMessageProps) {
  const router = useRouter()
  const [pending, startTransition] = useTransition()
  const retry = () =>
    startTransition(() => {
      router.refresh()
      reset()
    })
  return (
    <>
      <p className="text-quiet">Something on the server went wrong, so this page could not be shown.</p>
      <p className="text-quiet">
        Try again in a moment. If it stays so, give the reference to whoever runs this server: it names the line in its log.
      </p>
      {digest ? (
        <p>
          Reference <span className="identifier">{digest}</span>
        </p>
      ) : null}
      <div>
        <Button variant="primary" onClick={retry} disabled={pending}>
          Try again
        </Button>
      </div>
    </>
  )
}
