import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { may, type Role } from '@/lib/accounts/roles'

/** The way to the page, with what this role does there. */
export const PersonalDataCard = ({ role }: { role: Role }) => (
  <Card
    title="Personal data"
    actions={
      <Button size="sm" asChild>
        <Link href="/settings/personal-data">{may(role, 'personal:export') ? 'Look up, export, erase' : 'How long it is kept'}</Link>
      </Button>
    }
  >
    <p>
      How long EIDs, IMEIs, e-mail addresses and mails are kept before they are erased by themselves, and everything about one subscriber.
    </p>
  </Card>
)
