import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'

export default function Forbidden() {
  return (
    <>
      <PageHeader title="Not for your role" description="Your role does not allow this page. An administrator can give you another one." />
      <Button asChild variant="primary">
        <Link href="/profiles">Go to the profiles</Link>
      </Button>
    </>
  )
}
