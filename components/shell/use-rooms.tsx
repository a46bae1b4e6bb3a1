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

const AtHand = createContext<ApprovalsAtHand>({ required: false, waiting: 0 })

export const RoomsProvider = ({ approvals, children }: { approvals: ApprovalsAtHand; children: ReactNode }) => (
  <AtHand.Provider value={approvals}>{children}</AtHand.Provider>
)

/** The rooms that there is a use for; `waiting` says how much waits in one. */
export function useRooms(): (Room & { waiting: number })[] {
  const { required, waiting } = useContext(AtHand)
  const shown = ROOMS.filter(room => room.of !== 'approvals' || required || waiting > 0)
  return shown.map(room => ({ ...room, waiting: room.of === 'approvals' ? waiting : 0 }))
}
