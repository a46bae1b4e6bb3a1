import Link from 'next/link'
import { FullPageMessage } from '@/components/shell/full-page-message'
import { Button } from '@/components/ui/button'

export const metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <FullPageMessage title="There is no such page">
      <p className="text-quiet">The address is mistyped, or the page has moved.</p>
      <div>
        <Button asChild variant="primary">
          <Link href="/">Go to the start</Link>
        </Button>
      </div>
    </FullPageMessage>
  )
}
