import { SwatchBook } from 'lucide-react'
import { EmptyState } from '@/components/ui/empty-state'
import { NewType } from './new-type'

export const NoTypes = ({ mayMake }: { mayMake: boolean }) => (
  <div className="rounded-lg border bg-surface">
    <EmptyState icon={SwatchBook} title="No types yet" action={mayMake ? <NewType /> : undefined}>
      {mayMake ? 'Make one here, or upload a package: without' : 'A package is uploaded first: without'} a type it goes to one named{' '}
      <strong className="font-medium">default</strong>.
    </EmptyState>
  </div>
)
