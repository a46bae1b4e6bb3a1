'use client'

import { Menu as MenuIcon } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Logo } from './logo'
import { RoomLinks } from './room-links'

/** The side bar on a narrow screen: a sheet that slides in. */
export function PhoneMenu({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false)
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>
        <Button variant="ghost" size="icon" aria-label="Rooms">
          <MenuIcon aria-hidden />
        </Button>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] animate-slide-in flex-col gap-4 border-r bg-raised p-3"
        >
          <Radix.Title className="px-2.5 pt-1">
            <Logo />
          </Radix.Title>
          <RoomLinks onFollow={() => setOpen(false)} />
          <div className="mt-auto">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
