import { Activity, Layers, type LucideIcon, Settings, SwatchBook, Upload } from 'lucide-react'

export interface Room {
  href: string
  name: string
  /** What is done there, for the search over everything. */
  about: string
  icon: LucideIcon
}

/** The rooms of the portal, in the order of the side bar. */
export const ROOMS: Room[] = [
  { href: '/profiles', name: 'Profiles', about: 'Find a profile, issue codes, follow a download', icon: Layers },
  { href: '/batches/upload', name: 'Upload', about: 'Bring profile packages into stock', icon: Upload },
  { href: '/types', name: 'Types', about: 'What profiles of one kind have in common', icon: SwatchBook },
  { href: '/health', name: 'Health', about: 'How busy the server is, whom it turns away, what ends soon', icon: Activity },
  { href: '/settings', name: 'Settings', about: 'Address, certificates, people', icon: Settings },
]
