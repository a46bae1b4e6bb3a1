'use client'

import Link from 'next/link'
import { dateWords } from '@/components/time-words'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { DatabaseCard } from './database-card'
import { DevicesCard } from './devices-card'
import { findingsOf } from './findings'
import { Row, Rows } from './parts'
import { ProcessCard } from './process-card'
import type { EndingCertificate, HealthSnapshot } from './snapshot'
import { type Connection, useSnapshot } from './use-snapshot'

const Lost = ({ connection }: { connection: Connection }) =>
  connection === 'signedOut' ? (
    <Notice tone="warn" title="You are signed out." live>
      <Link href="/sign-in?next=/health" className="underline underline-offset-2">
        Sign in again
      </Link>{' '}
      to see how the server is now.
    </Notice>
  ) : (
    <Notice tone="bad" title="The server or its database does not answer." live>
      What you see is from before. The page goes on trying.
    </Notice>
  )

const CertificatesCard = ({ ending }: { ending: EndingCertificate[] }) => (
  <Card title="Certificates about to end">
    {ending.length === 0 ? (
      <p className="text-quiet">None within 60 days.</p>
    ) : (
      <Rows>
        {ending.map(({ name, notAfter, word }) => (
          <Row key={`${name} ${notAfter}`} label={name}>
            {word} <span className="text-quiet">({dateWords(new Date(notAfter))})</span>
          </Row>
        ))}
      </Rows>
    )}
    <p className="mt-3 text-xs">
      <Link href="/settings" className="rounded text-accent underline underline-offset-2">
        All certificates
      </Link>
    </p>
  </Card>
)

/** How this server is, renewed every few seconds. */
export function HealthBoard({ initial }: { initial: HealthSnapshot }) {
  const { snapshot, connection } = useSnapshot(initial)
  const findings = findingsOf(snapshot)
  return (
    <div className="flex max-w-6xl flex-col gap-4">
      <div className="flex flex-col gap-2" aria-live="polite">
        {connection === 'live' ? null : <Lost connection={connection} />}
        {findings.map(({ tone, title, advice }) => (
          <Notice key={title} tone={tone} title={title}>
            {advice}
          </Notice>
        ))}
        {connection === 'live' && findings.length === 0 ? <Notice tone="good" title="All is well." /> : null}
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <DevicesCard es9={snapshot.es9} />
        <DatabaseCard database={snapshot.database} pool={snapshot.pool} />
        <ProcessCard process={snapshot.process} sweep={snapshot.sweep} sweepProblem={snapshot.sweepProblem} />
        <CertificatesCard ending={snapshot.ending} />
      </div>
    </div>
  )
}
