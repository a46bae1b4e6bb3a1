import { ArrowRight } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import type { PgpKeyRow } from '@/lib/db/pgp-key-rows'
import type { TransportKeyRow } from '@/lib/db/transport-key-rows'

const counted = (count: number, one: string, several: string) => (count === 1 ? `1 ${one}` : `${count === 0 ? 'No' : count} ${several}`)

/** The way to the keys under which vendors encrypt what they send. */
export function FileKeysCard({ transportKeys, pgpKeys }: { transportKeys: TransportKeyRow[]; pgpKeys: PgpKeyRow[] }) {
  const inUse = transportKeys.filter(key => !key.retiredAt && key.kcv && !key.approvalId).length
  const unready = transportKeys.filter(key => !key.retiredAt).length - inUse
  const pgp = pgpKeys.some(key => !key.retiredAt)
  return (
    <Card
      title="Keys for files"
      actions={
        <Button asChild size="sm">
          <Link href="/settings/keys" aria-label="Open keys for files">
            Open <ArrowRight aria-hidden />
          </Link>
        </Button>
      }
    >
      <p>
        {counted(inUse, 'transport key', 'transport keys')} in use
        {unready ? `, ${unready} not ready yet` : ''}.{' '}
        {pgp ? 'There is a PGP key for vendors to encrypt files to.' : 'There is no PGP key yet.'}
      </p>
    </Card>
  )
}
