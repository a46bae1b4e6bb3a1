import { Card } from '@/components/ui/card'
import type { EndpointHealth } from '@/lib/db/partners/workbench'
import { EndpointRow } from './endpoint-row'

interface EndpointsCardProps {
  endpoints: EndpointHealth[]
  mayReplay: boolean
}

/** Everybody who is told: who takes it, what waits and what was given up. */
export const EndpointsCard = ({ endpoints, mayReplay }: EndpointsCardProps) => (
  <Card title="Who is told" className="mb-4">
    <ul aria-label="Who is told" className="-my-3 divide-y">
      {endpoints.map(endpoint => (
        <EndpointRow key={endpoint.id} endpoint={endpoint} mayReplay={mayReplay} />
      ))}
    </ul>
  </Card>
)
