import type { ComponentProps } from 'react'
import { Input } from '@/components/ui/input'

/** A code of an authenticator app; with `recovery`, a recovery code as well. */
export const CodeInput = ({ recovery = false, ...props }: ComponentProps<typeof Input> & { recovery?: boolean }) => (
  <Input
    {...props}
    inputMode={recovery ? 'text' : 'numeric'}
    autoComplete="one-time-code"
    autoCapitalize="none"
    autoCorrect="off"
    spellCheck={false}
    maxLength={recovery ? 40 : 10}
    className="font-mono tabular-nums"
    required
  />
)
