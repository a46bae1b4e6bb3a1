import {
  Activity,
  Boxes,
  Handshake,
  Headset,
  Layers,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  QrCode,
  ScrollText,
  Settings,
  SwatchBook,
  UserCheck,
} from 'lucide-react'

export interface Room {
  href: string
  name: string
  /** What is done there, for the search over everything. */
  about: string
  icon: LucideIcon
  /** The verb that its page asks for. */
  verb: string
  /** Shown only where there is something of this. */
  of?: 'approvals'
}

/** The rooms of the portal, in the order of the side bar. */
export const ROOMS = [
  {
    href: '/',
    name: 'Overview',
    about: 'How downloads go, what is in stock, what will become a call',
    icon: LayoutDashboard,
    verb: 'profile:read',
  },
  {
    href: '/support',
    name: 'Support',
    about: 'Find what the customer reads out, see why it failed and what to do',
    icon: Headset,
    verb: 'profile:read',
  },
  { href: '/profiles', name: 'Profiles', about: 'Find a profile, issue codes, follow a download', icon: Layers, verb: 'profile:read' },
  {
    href: '/orders',
    name: 'Orders',
    about: 'Issue many codes, take their QR codes, labels and files, mail the links',
    icon: QrCode,
    verb: 'profile:read',
  },
  {
    href: '/batches',
    name: 'Batches',
    about: 'Upload what a vendor sent, read the report, approve it into stock',
    icon: Boxes,
    verb: 'batch:read',
  },
  { href: '/types', name: 'Types', about: 'What profiles of one kind have in common', icon: SwatchBook, verb: 'type:read' },
  {
    href: '/partners',
    name: 'Partners',
    about: 'What operators’ systems asked, what they and webhooks were told, what was given up',
    icon: Handshake,
    verb: 'partner:read',
  },
  {
    href: '/approvals',
    name: 'Approvals',
    about: 'What waits for a second person',
    icon: UserCheck,
    verb: 'approval:decide',
    of: 'approvals',
  },
  {
    href: '/tasks',
    name: 'Tasks',
    about: 'What runs in the background, how far it is, what came of it',
    icon: ListChecks,
    verb: 'profile:read',
  },
  { href: '/audit', name: 'Audit', about: 'Who did what, when and from where', icon: ScrollText, verb: 'audit:read' },
  {
    href: '/health',
    name: 'Health',
    about: 'How busy the server is, whom it turns away, what ends soon',
    icon: Activity,
    verb: 'settings:read',
  },
  { href: '/settings', name: 'Settings', about: 'Address, certificates, people, keys', icon: Settings, verb: 'settings:read' },
] as const satisfies readonly Room[]
