import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'

export default function NotFoundHere() {
  return (
    <>
      <PageHeader title="Not found" description="There is nothing under this address: it is mistyped, or what it named is gone." />
      <Button asChild variant="primary">
        <Link href="/profiles">Search the profiles</Link>
      </Button>
    </>
  )
}
