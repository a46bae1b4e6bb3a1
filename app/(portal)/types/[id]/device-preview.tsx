import { CardSim } from 'lucide-react'
import { IconImage } from '../icon-image'
import type { TypeDraft } from './draft'

interface DevicePreviewProps {
  draft: TypeDraft
  /** Names that packages bring themselves, where the type's template tells them */
  packageName: string | null
}

const cut = (text: string, most: number): string => [...text].slice(0, most).join('').trim()

/** The question that a phone asks before it downloads, and the line in its settings afterwards. */
export function DevicePreview({ draft, packageName }: DevicePreviewProps) {
  const own = (text: string, most: number) => text.trim() || (packageName ? cut(packageName, most) : '')
  const profileName = own(draft.profileName, 64)
  const provider = own(draft.serviceProviderName, 32)
  const icon = (className: string) =>
    draft.icon ? (
      <IconImage icon={draft.icon} name="The icon, as a phone shows it" className={className} />
    ) : (
      <span className={`${className} grid shrink-0 place-items-center bg-accent-soft text-accent`}>
        <CardSim className="size-1/2" aria-hidden />
      </span>
    )

  return (
    <figure aria-label="As a phone shows it" className="flex flex-col gap-3 rounded-2xl border bg-muted p-3 shadow-sm">
      <div className="flex flex-col items-center gap-1 rounded-xl bg-surface px-4 py-5 text-center">
        {icon('size-16 rounded-xl')}
        <p className="mt-2 text-quiet text-xs">Download this eSIM?</p>
        <p className="max-w-full break-words font-semibold text-base">{profileName || <Unknown what="Profile name" />}</p>
        <p className="max-w-full break-words text-quiet">{provider || <Unknown what="Service provider name" />}</p>
        <span aria-hidden className="mt-3 flex w-full gap-2">
          <span className="flex-1 rounded-full bg-muted py-1.5 text-quiet">No</span>
          <span className="flex-1 rounded-full bg-accent py-1.5 text-accent-foreground">Download</span>
        </span>
      </div>
      <div className="flex items-center gap-3 rounded-xl bg-surface px-3 py-2.5">
        {icon('size-9 rounded-lg')}
        <div className="min-w-0 flex-1">
          <p className="truncate">{profileName || <Unknown what="Profile name" />}</p>
          <p className="truncate text-quiet text-xs">{provider || <Unknown what="Service provider name" />}</p>
        </div>
      </div>
    </figure>
  )
}

const Unknown = ({ what }: { what: string }) => <span className="text-quiet italic">{what} of the package</span>
