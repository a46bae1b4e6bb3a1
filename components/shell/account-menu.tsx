'use client'

import { ChevronsUpDown, CircleUserRound, LogOut, ShieldCheck } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { Menu, MenuItem, MenuLabel } from '@/components/ui/menu'

interface AccountMenuProps {
  email: string
  name: string
  role: string
  signOut: () => Promise<void>
}

/** Who is signed in, and the way out. */
export function AccountMenu({ email, name, role, signOut }: AccountMenuProps) {
  const router = useRouter()
  const [pending, startTransition] = useTransition()
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          disabled={pending}
          className="flex w-full items-center gap-2.5 rounded-md px-2.5 py-2 text-left hover:bg-muted"
        >
          <CircleUserRound className="size-4 shrink-0 text-quiet" aria-hidden />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{name || email}</span>
            <span className="block truncate text-quiet text-xs">{role}</span>
          </span>
          <ChevronsUpDown className="size-3.5 shrink-0 text-quiet" aria-hidden />
        </button>
      }
    >
      <MenuLabel>{email}</MenuLabel>
      <MenuItem onSelect={() => router.push('/account')}>
        <ShieldCheck aria-hidden /> Your account
      </MenuItem>
      <MenuItem onSelect={() => startTransition(signOut)}>
        <LogOut aria-hidden /> Sign out
      </MenuItem>
    </Menu>
  )
}
