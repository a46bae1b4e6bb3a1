import { ArrowRight } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'

/** The way to those who order by ES2+. */
export const PartnersCard = ({ names }: { names: string[] }) => (
  <Card
    title="Partners"
    actions={
      <Button asChild size="sm">
        <Link href="/settings/partners" aria-label="Open partners">
          Open <ArrowRight aria-hidden />
        </Link>
      </Button>
    }
  >
    <p className="break-words">
      {names.length === 0
        ? 'No operator’s system orders by ES2+ yet.'
        : `${names.join(', ')} ${names.length === 1 ? 'orders' : 'order'} by ES2+.`}
    </p>
  </Card>
)
