import { byteWords, numberWords } from '@/components/number-words'
import { Card } from '@/components/ui/card'
import type { DatabaseFacts, PoolUse } from '@/lib/db/portal/health'
import { Figures, Row, Rows, Use } from './parts'

const TABLES: Record<string, string> = {
  profile: 'Profiles',
  profile_package: 'Packages',
  download_order: 'Orders',
  binding: 'Packages given out',
  rsp_session: 'Sessions of devices',
  profile_event: 'Timeline',
  notification: 'Notifications',
  download_attempt: 'Attempts',
  attempt_tally: 'Attempts counted by day',
  es2_call: 'Calls of partners',
  message: 'Messages to partners',
  audit: 'Audit',
  sign_in_failure: 'Failed sign-ins',
  account_session: 'Sessions of people',
}

/** Whether the database answers, what this process takes of it, and how it grows. */
export const DatabaseCard = ({ database, pool }: { database: DatabaseFacts | undefined; pool: PoolUse }) => (
  <Card title="Database">
    <div className="flex flex-col gap-5">
      <Use label="Connections in use now" value={pool.inUse} limit={pool.limit} />
      <Rows>
        <Row label="Waiting for a connection">{numberWords(pool.waiting)}</Row>
        <Row label="Answers within">{database ? `${database.answeredInMs.toFixed(1)} ms` : 'no answer'}</Row>
        {database ? (
          <>
            <Row label="PostgreSQL">{database.version}</Row>
            <Row label="Size">{byteWords(database.bytes)}</Row>
          </>
        ) : null}
      </Rows>
      {database ? (
        <Figures caption="Tables that grow" head={['Table', 'Rows, about', 'Size']}>
          {database.tables.map(({ name, rows, bytes }) => (
            <tr key={name}>
              <th scope="row">{TABLES[name] ?? name}</th>
              <td>{numberWords(rows)}</td>
              <td>{byteWords(bytes)}</td>
            </tr>
          ))}
        </Figures>
      ) : null}
    </div>
  </Card>
)
