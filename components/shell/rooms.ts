import { Activity, Boxes, Layers, ListChecks, type LucideIcon, QrCode, Settings, SwatchBook, UserCheck } from 'lucide-react'

export interface Room {
  href: string
  name: string
  /** What is done there, for the search over everything. */
  about: string
  icon: LucideIcon
  /** Shown only where there is something of this. */
  of?: 'approvals'
}

/** The rooms of the portal, in the order of the side bar. */
export const ROOMS: Room[] = [
  { href: '/profiles', name: 'Profiles', about: 'Find a profile, issue codes, follow a download', icon: Layers },
  { href: '/orders', name: 'Orders', about: 'Issue many codes, take their QR codes, labels and files, mail the links', icon: QrCode },
  { href: '/batches', name: 'Batches', about: 'Upload what a vendor sent, read the report, approve it into stock', icon: Boxes },
  { href: '/types', name: 'Types', about: 'What profiles of one kind have in common', icon: SwatchBook },
  { href: '/approvals', name: 'Approvals', about: 'What waits for a second person', icon: UserCheck, of: 'approvals' },
  { href: '/tasks', name: 'Tasks', about: 'What runs in the background, how far it is, what came of it', icon: ListChecks },
  { href: '/health', name: 'Health', about: 'How busy the server is, whom it turns away, what ends soon', icon: Activity },
  { href: '/settings', name: 'Settings', about: 'Address, certificates, people, keys', icon: Settings },
]
