import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { AccountMenu } from '@/components/shell/account-menu'
import { ROOMS } from '@/components/shell/rooms'
import { Shell } from '@/components/shell/shell'
import { readTheme, THEME_COOKIE } from '@/components/shell/theme'
import { Toasts } from '@/components/shell/toasts'
import { RoomsProvider } from '@/components/shell/use-rooms'
import { approvalsAtHand } from '@/lib/accounts/approvals/settings'
import { requireAccount } from '@/lib/accounts/current-account'
import { may } from '@/lib/accounts/roles'
import { database } from '@/lib/db/pool'
import { signOutAction } from '../(sign-in)/actions'
import { chooseTheme } from './choose-theme'

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const [account, jar] = await Promise.all([requireAccount(), cookies()])
  const approvals = await approvalsAtHand(database())
  return (
    <RoomsProvider approvals={approvals} open={ROOMS.flatMap(({ href, verb }) => (may(account.role, verb) ? [href] : []))}>
      <Shell
        theme={readTheme(jar.get(THEME_COOKIE)?.value)}
        rememberTheme={chooseTheme}
        account={<AccountMenu email={account.email} name={account.name} role={account.role} signOut={signOutAction} />}
      >
        {children}
        <Toasts />
      </Shell>
    </RoomsProvider>
  )
}
