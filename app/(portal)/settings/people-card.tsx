import type { AccountRow } from '@/lib/accounts/account'
import { secondFactorRoles } from '@/lib/accounts/factors/policy'
import { database } from '@/lib/db/pool'
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
    <PeopleList {...props}>
      <SecondFactorRoles key={roles.join()} roles={roles} mayChange={props.mayChange} />
    </PeopleList>
  )
}
