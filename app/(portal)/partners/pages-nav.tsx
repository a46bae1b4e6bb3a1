import Link from 'next/link'
import { Button } from '@/components/ui/button'

/** The way to older entries and back; nothing where all stand on one page. */
export function PagesNav({ newest, older }: { newest: string | undefined; older: string | undefined }) {
  if (!newest && !older) return null
  return (
    <nav aria-label="Pages" className="mt-3 flex flex-wrap gap-2">
      {newest ? (
        <Button asChild size="sm">
          <Link href={newest}>Newest</Link>
        </Button>
      ) : null}
      {older ? (
        <Button asChild size="sm">
          <Link href={older}>Older</Link>
        </Button>
      ) : null}
    </nav>
  )
}
