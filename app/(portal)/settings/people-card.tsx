import type { AccountRow } from '@/lib/accounts/account'
import { secondFactorRoles } from '@/lib/accounts/factors/policy'
import { database } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { PeopleList } from './people-list'
import { SecondFactorRoles } from './people-second-factor'

interface PeopleCardProps {
  people: AccountRow[]
  ownId: string
  mayChange: boolean
}

/** Who works here, for administrators. */
export async function PeopleCard(props: PeopleCardProps) {
  const roles = await secondFactorRoles(database())
  return (
    <PeopleList {...props} canMail={env().mail !== undefined}>
      <SecondFactorRoles key={roles.join()} roles={roles} mayChange={props.mayChange} />
    </PeopleList>
  )
}
