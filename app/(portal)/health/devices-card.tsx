import Link from 'next/link'
import { numberWords } from '@/components/number-words'
import { Card } from '@/components/ui/card'
import type { Es9LimitSettings } from '@/lib/env'
import type { Es9LimitsUse, Reason } from '@/lib/front-door/limits/es9-limits'
import { Figures, Use } from './parts'

interface Words {
  reason: Reason
  word: string
  limit: (settings: Es9LimitSettings) => string
}

const perMinute = (rate: number): string => (rate === 0 ? 'no limit' : `${numberWords(rate)} a minute`)

const WORDS: Words[] = [
  { reason: 'busy', word: 'the queue was full', limit: ({ queue }) => `${numberWords(queue)} places` },
  { reason: 'late', word: 'they had waited too long', limit: () => '2 seconds' },
  { reason: 'total', word: 'there were too many first requests in all', limit: ({ totalPerMinute }) => perMinute(totalPerMinute) },
  {
    reason: 'address',
    word: 'their address had sent too many first requests',
    limit: ({ addressPerMinute }) => perMinute(addressPerMinute),
  },
  {
    reason: 'refusals',
    word: 'their address had been refused too often',
    limit: ({ addressRefusalsPerMinute }) => perMinute(addressRefusalsPerMinute),
  },
  {
    reason: 'manyRefusals',
    word: 'their address had been refused while many were',
    limit: ({ totalRefusalsPerMinute }) => perMinute(totalRefusalsPerMinute),
  },
]

/** What devices ask of this process, and who was turned away. */
export function DevicesCard({ es9 }: { es9: Es9LimitsUse }) {
  const { settings, inWork, waiting, served, refused, turnedAway } = es9
  return (
    <Card title="Requests of devices" description="ES9+ in this process. Steps of downloads that are under way go before new ones.">
      <div className="flex flex-col gap-5">
        <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
          <Use label="In work now" value={inWork} limit={settings.concurrency} />
          <Use label="Waiting now" value={waiting.opening + waiting.session} limit={settings.queue} />
        </div>
        <Figures caption="Requests of devices" head={['Requests', 'Last minute', 'Last hour']}>
          <tr>
            <th scope="row">Answered</th>
            <td>{numberWords(served.lastMinute)}</td>
            <td>{numberWords(served.lastHour)}</td>
          </tr>
          <tr>
            <th scope="row">
              Refused before they proved to be an eUICC
              <Link href="/settings" className="ml-2 rounded text-accent text-xs underline underline-offset-2">
                See who
              </Link>
            </th>
            <td>{numberWords(refused.lastMinute)}</td>
            <td>{numberWords(refused.lastHour)}</td>
          </tr>
          <tr>
            <th scope="rowgroup" colSpan={3} className="text-quiet text-xs">
              Turned away, because
            </th>
          </tr>
          {WORDS.map(({ reason, word, limit }) => (
            <tr key={reason}>
              <th scope="row">
                {word}
                <span className="block text-quiet text-xs">{limit(settings)}</span>
              </th>
              <td>{numberWords(turnedAway[reason].lastMinute)}</td>
              <td>{numberWords(turnedAway[reason].lastHour)}</td>
            </tr>
          ))}
        </Figures>
      </div>
    </Card>
  )
}
