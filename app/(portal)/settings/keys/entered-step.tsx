import { Button } from '@/components/ui/button'
import type { EnteredTransportKey } from '@/lib/inventory/transport-keys'
import { EnteredNotice } from './entered-notice'

/** What became of a key or a part that was entered, until the person has read it. */
export const EnteredStep = ({ entered, onDone }: { entered: EnteredTransportKey; onDone: () => void }) => (
  <div className="flex flex-col gap-4">
    <EnteredNotice entered={entered} />
    <footer className="flex justify-end">
      <Button variant="primary" onClick={onDone}>
        Done
      </Button>
    </footer>
  </div>
)
