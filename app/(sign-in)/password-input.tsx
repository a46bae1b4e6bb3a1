'use client'

import { type ComponentProps, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'

/** A password that can be looked at while it is typed. */
export function PasswordInput(props: Omit<ComponentProps<'input'>, 'type'>) {
  const [shown, setShown] = useState(false)
  return (
    <div className="flex gap-2">
      <Input {...props} type={shown ? 'text' : 'password'} autoCapitalize="none" autoCorrect="off" spellCheck={false} />
      <Button onClick={() => setShown(!shown)} aria-pressed={shown} aria-label="Show the password" className="w-16">
        {shown ? 'Hide' : 'Show'}
      </Button>
    </div>
  )
}
