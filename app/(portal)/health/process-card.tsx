import { byteWords, countWords } from '@/components/number-words'
import { Card } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import { Row, Rows } from './parts'
import type { HealthSnapshot } from './snapshot'

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`

/** The process that made this page; behind a load balancer another one may make the next. */
export const ProcessCard = ({ process, sweep, sweepProblem }: Pick<HealthSnapshot, 'process' | 'sweep' | 'sweepProblem'>) => (
  <Card title="This process">
    <Rows>
      <Row label="Runs on">{process.name}</Row>
      <Row label="Slipway">
        {process.version} <span className="text-quiet">on Node {process.node}</span>
      </Row>
      <Row label="Started">
        <RelativeTime at={process.startedAt} />
      </Row>
      <Row label="Memory">
        {byteWords(process.residentBytes)} <span className="text-quiet">of it {byteWords(process.heapBytes)} heap</span>
      </Row>
      <Row label="Delay of its event loop">
        {process.eventLoop ? (
          <>
            {ms(process.eventLoop.p99)} <span className="text-quiet">(99 of 100), at most {ms(process.eventLoop.max)}</span>
          </>
        ) : (
          <span className="text-quiet">known in a few seconds</span>
        )}
      </Row>
      <Row label="Last sweep of old sessions">
        {sweep ? (
          <>
            <RelativeTime at={sweep.finishedAt} />
            <span className="text-quiet">
              , {countWords(sweep.removed, 'row')} in {ms(sweep.durationMs)}
            </span>
          </>
        ) : (
          <span className="text-quiet">not yet, it comes every few minutes</span>
        )}
        {sweepProblem ? <span className="block text-warn text-xs">The last try: {sweepProblem}</span> : null}
      </Row>
    </Rows>
  </Card>
)
