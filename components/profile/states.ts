import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleUserRound,
  Download,
  Eye,
  EyeOff,
  Link2,
  type LucideIcon,
  PackageOpen,
  Trash2,
} from 'lucide-react'
import type { Tone } from '@/components/ui/tone'
import type { ProfileState, RuntimeState } from '@/lib/rsp/lifecycle'

/** Colour and shape of a state; its word is the specification's own. */
export const STATE_LOOK: Record<ProfileState, { tone: Tone; icon: LucideIcon }> = {
  Available: { tone: 'plain', icon: PackageOpen },
  Allocated: { tone: 'warn', icon: CircleDashed },
  Linked: { tone: 'warn', icon: Link2 },
  Confirmed: { tone: 'info', icon: CircleUserRound },
  Released: { tone: 'accent', icon: CircleDot },
  Downloaded: { tone: 'info', icon: Download },
  Installed: { tone: 'good', icon: CircleCheck },
  Error: { tone: 'bad', icon: CircleAlert },
  Unavailable: { tone: 'plain', icon: Ban },
}

export const RUNTIME_LOOK: Record<RuntimeState, { tone: Tone; icon: LucideIcon; meaning: string }> = {
  Enabled: { tone: 'good', icon: Eye, meaning: 'The eUICC reported that the profile is switched on.' },
  Disabled: { tone: 'plain', icon: EyeOff, meaning: 'The eUICC reported that the profile is switched off. It is still on the device.' },
  Deleted: { tone: 'warn', icon: Trash2, meaning: 'The eUICC reported that the profile was deleted from the device.' },
}
