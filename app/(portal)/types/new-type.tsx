'use client'

import { Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TypeForm } from './type-form'

export function NewType() {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const made = useCallback(
    ({ id, name }: { id: string; name: string }) => {
      setOpen(false)
      toast.success(`Type ${name} was made.`)
      router.push(`/types/${id}`)
    },
    [router],
  )
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      wide
      title="New type"
      trigger={
        <Button variant="primary">
          <Plus aria-hidden /> New type
        </Button>
      }
    >
      <TypeForm onMade={made} />
    </Dialog>
  )
}
