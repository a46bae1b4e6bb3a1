import Link from 'next/link'
import type { ReactNode } from 'react'
import { CommandPalette, SearchButton } from './command-palette'
import { Logo } from './logo'
import { PhoneMenu } from './phone-menu'
import { RoomLinks } from './room-links'
import type { Theme } from './theme'
import { ThemeMenu } from './theme-menu'

interface ShellProps {
  theme: Theme
  rememberTheme: (theme: Theme) => Promise<void>
  /** Who is signed in, and the way out. */
  account: ReactNode
  children: ReactNode
}

/** The frame of every room: side bar, or a top bar on a narrow screen, and the page. */
export const Shell = ({ theme, rememberTheme, account, children }: ShellProps) => (
  <div className="flex min-h-dvh flex-col md:flex-row">
    <a
      href="#page"
      className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-accent focus:px-3 focus:py-2 focus:text-accent-foreground"
    >
      Skip to the page
    </a>
    <header className="sticky top-0 z-30 flex h-13 items-center gap-2 border-b bg-surface px-3 md:hidden">
      <PhoneMenu>{account}</PhoneMenu>
      <Link href="/" aria-label="Slipway, start">
        <Logo />
      </Link>
      <div className="ml-auto flex min-w-0 items-center gap-1">
        <SearchButton />
        <ThemeMenu initial={theme} remember={rememberTheme} />
      </div>
    </header>
    <header className="sticky top-0 flex h-dvh w-56 shrink-0 flex-col gap-4 overflow-y-auto border-r bg-surface p-3 max-md:hidden">
      <div className="flex items-center justify-between pl-2.5">
        <Link href="/" aria-label="Slipway, start" className="rounded">
          <Logo />
        </Link>
        <ThemeMenu initial={theme} remember={rememberTheme} />
      </div>
      <SearchButton />
      <RoomLinks />
      <div className="mt-auto">{account}</div>
    </header>
    <CommandPalette />
    <main id="page" tabIndex={-1} className="min-w-0 flex-1 px-4 py-5 outline-none md:px-8 md:py-7">
      <div className="mx-auto max-w-7xl">{children}</div>
    </main>
  </div>
)
