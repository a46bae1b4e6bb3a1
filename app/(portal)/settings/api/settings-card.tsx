import { ArrowRight } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'

/** The way to the description of the management API. */
export const ApiCard = () => (
  <Card
    title="Management API"
    actions={
      <Button asChild size="sm">
        <Link href="/settings/api" aria-label="Open the management API">
          Open <ArrowRight aria-hidden />
        </Link>
      </Button>
    }
  >
    <p>What scripts may call with a key: types, stock, orders and customers’ links, each with an example.</p>
  </Card>
)
