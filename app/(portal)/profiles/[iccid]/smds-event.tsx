import { RelativeTime } from '@/components/ui/relative-time'
import type { SmdsWords } from './smds-words'

interface SmdsEventProps {
  words: SmdsWords
  address: string
}

/** What has become of an order's event, at which SM-DS, and when. */
export const SmdsEvent = ({ words: { state, at, tone, more }, address }: SmdsEventProps) => (
  <>
    <span className={tone === 'bad' ? 'text-bad' : undefined}>{state}</span> <span className="text-quiet">at</span>{' '}
    <span className="[overflow-wrap:anywhere]">{address}</span>
    {at ? (
      <>
        , <RelativeTime at={at} />
      </>
    ) : null}
    {more ? <span className="block text-quiet">{more}</span> : null}
  </>
)
