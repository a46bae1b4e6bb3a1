'use client'

import { Building2 } from 'lucide-react'
import { signIn } from 'next-auth/react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'

/** The way by the organisation's identity provider. */
export function SingleSignOn({ next }: { next: string }) {
  const [pending, setPending] = useState(false)
  const leave = () => {
    setPending(true)
    void signIn('oidc', { callbackUrl: next }).catch(() => setPending(false))
  }
  return (
    <Button variant="primary" onClick={leave} disabled={pending}>
      <Building2 aria-hidden /> {pending ? 'On the way…' : 'Single sign-on'}
    </Button>
  )
}
