'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { classNames } from '@/components/class-names'
import { useRooms } from './use-rooms'

/** The list of rooms; the one that is open is marked. */
export function RoomLinks({ onFollow }: { onFollow?: () => void }) {
  const pathname = usePathname()
  const rooms = useRooms()
  return (
    <nav aria-label="Rooms">
      <ul className="flex flex-col gap-0.5">
        {rooms.map(({ href, name, icon: Icon, waiting }) => {
          const here = pathname === href || pathname.startsWith(`${href}/`)
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={here ? 'page' : undefined}
                {...(onFollow ? { onClick: onFollow } : {})}
                className={classNames(
                  'flex h-9 items-center gap-2.5 rounded-md px-2.5 font-medium hover:bg-muted',
                  here ? 'bg-accent-soft text-accent hover:bg-accent-soft' : 'text-quiet hover:text-foreground',
                )}
              >
                <Icon className="size-4 shrink-0" aria-hidden />
                {name}
                {waiting > 0 ? (
                  <span className="ml-auto rounded-full bg-warn-soft px-2 font-medium text-warn text-xs tabular-nums">
                    {waiting} <span className="sr-only">waiting</span>
                  </span>
                ) : null}
              </Link>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
