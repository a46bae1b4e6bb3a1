import { may, type Role } from '@/lib/accounts/roles'

/** What can be done with profiles on the page that lists them. */
export interface ProfileRights {
  issue: boolean
  cancel: boolean
  release: boolean
  retire: boolean
  export: boolean
  upload: boolean
  batches: boolean
}

export const profileRights = (role: Role): ProfileRights => ({
  issue: may(role, 'order:issue'),
  cancel: may(role, 'order:cancel'),
  release: may(role, 'order:release'),
  retire: may(role, 'profile:retire'),
  export: may(role, 'profile:export'),
  upload: may(role, 'batch:upload'),
  batches: may(role, 'batch:read'),
})

/** Whether anything is done with profiles that are selected. */
export const actsOnSelection = ({ issue, cancel, release, retire }: ProfileRights): boolean => issue || cancel || release || retire
