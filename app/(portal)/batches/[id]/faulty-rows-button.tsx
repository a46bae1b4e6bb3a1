import { Download } from 'lucide-react'
import { Button } from '@/components/ui/button'

/** Gives the rows with findings back as a file; nothing where there are none. */
export const FaultyRowsButton = ({ batchId, rows }: { batchId: string; rows: number }) =>
  rows > 0 ? (
    <Button asChild>
      <a href={`/api/batches/${batchId}/faulty-rows`} download>
        <Download aria-hidden /> Download the faulty rows
      </a>
    </Button>
  ) : null
