'use client'

import { Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TypeForm } from './type-form'

export function NewType() {
  const router = useRouter()
  const [open, setOpen] = useState(false)
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
      <TypeForm
        onMade={name => {
          setOpen(false)
          toast.success(`Type ${name} was made.`)
          router.refresh()
        }}
      />
    </Dialog>
  )
}
