import { SwatchBook } from 'lucide-react'
import { EmptyState } from '@/components/ui/empty-state'
import { NewType } from './new-type'

export const NoTypes = () => (
  <div className="rounded-lg border bg-surface">
    <EmptyState icon={SwatchBook} title="No types yet" action={<NewType />}>
      Make one here, or upload a package: without a type it goes to one named <strong className="font-medium">default</strong>.
    </EmptyState>
  </div>
)
