import { CopyButton } from '@/components/ui/copy-button'

/** A body as it went over the wire, to read and to copy. */
export const JsonText = ({ title, json }: { title: string; json: string }) => (
  <section aria-label={title} className="min-w-0">
    <header className="flex items-center justify-between gap-2">
      <p className="font-medium text-sm">{title}</p>
      <CopyButton text={json} what={title.toLowerCase()} />
    </header>
    <pre className="mt-1 whitespace-pre-wrap break-all rounded-md bg-muted p-3 text-xs">{json}</pre>
  </section>
)
