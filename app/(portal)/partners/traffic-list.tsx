import type { TrafficEntry } from '@/lib/db/partners/workbench'
import { TrafficRow } from './traffic-row'

/** Calls and messages, newest first; each unfolds to what was said. */
export const TrafficList = ({ entries, mayReplay }: { entries: TrafficEntry[]; mayReplay: boolean }) => (
  <ul className="divide-y" aria-label="Calls and messages, newest first">
    {entries.map(entry => (
      <li key={`${entry.kind} ${entry.id}`}>
        <TrafficRow entry={entry} mayReplay={mayReplay} />
      </li>
    ))}
  </ul>
)
