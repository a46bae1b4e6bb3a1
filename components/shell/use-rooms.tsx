'use client'

import { createContext, type ReactNode, useContext } from 'react'
import { ROOMS, type Room } from './rooms'

/** What the navigation must know of approvals. */
export interface ApprovalsAtHand {
  /** Something takes a second person. */
  required: boolean
  /** Requests that wait for one. */
  waiting: number
}

interface AtHand {
  approvals: ApprovalsAtHand
  /** Rooms that are open to whoever is signed in, by their addresses. */
  open: readonly string[]
}

const Rooms = createContext<AtHand>({ approvals: { required: false, waiting: 0 }, open: [] })

export const RoomsProvider = ({ approvals, open, children }: AtHand & { children: ReactNode }) => (
  <Rooms.Provider value={{ approvals, open }}>{children}</Rooms.Provider>
)

/** The rooms that are open to whoever is signed in and that there is a use for; `waiting` says how much waits in one. */
export function useRooms(): (Room & { waiting: number })[] {
  const { approvals, open } = useContext(Rooms)
  const { required, waiting } = approvals
  const all: readonly Room[] = ROOMS
  const shown = all.filter(({ href, of }) => open.includes(href) && (of !== 'approvals' || required || waiting > 0))
  return shown.map(room => ({ ...room, waiting: room.of === 'approvals' ? waiting : 0 }))
}
