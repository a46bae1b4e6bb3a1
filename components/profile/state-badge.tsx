import { FlaskConical, Radio } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { type ProfileState, type RuntimeState, STATE_MEANING } from '@/lib/rsp/lifecycle'
import { RUNTIME_LOOK, STATE_LOOK } from './states'

/** State of a profile: word, colour and shape; hovering says what it means and what comes next. */
export const StateBadge = ({ state, className }: { state: ProfileState; className?: string }) => (
  <Badge {...STATE_LOOK[state]} word={state} meaning={STATE_MEANING[state]} className={className} />
)

/** What the eUICC last told of an installed profile. */
export const RuntimeBadge = ({ state }: { state: RuntimeState }) => <Badge {...RUNTIME_LOOK[state]} word={state} />

/** Whether a type or CI is live or for tests only. */
export const LiveBadge = ({ live }: { live: boolean }) =>
  live ? (
    <Badge tone="accent" icon={Radio} word="Live" meaning="For real devices, whose eUICCs stand under a live CI." />
  ) : (
    <Badge tone="warn" icon={FlaskConical} word="Test" meaning="For test devices only: eUICCs under a test CI." />
  )
