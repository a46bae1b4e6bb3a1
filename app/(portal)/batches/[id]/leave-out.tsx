'use client'

import { useState } from 'react'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose } from '@/components/ui/dialog'

interface LeaveOutProps {
  /** What the button says, and the one that does it */
  label: string
  primary: boolean
  good: number
  warned: number
  refused: number
  pending: boolean
  onConfirm: () => void
}

/** Approves the good rows, after saying once how many are left out. */
export function LeaveOut({ label, primary, good, warned, refused, pending, onConfirm }: LeaveOutProps) {
  const [open, setOpen] = useState(false)
  const left = warned + refused
  const kinds = [refused > 0 ? 'errors' : '', warned > 0 ? 'warnings' : ''].filter(Boolean).join(' or ')
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={`Leave out ${countWords(left, 'row')}?`}
      description={`${numberWords(good)} ${good === 1 ? 'profile becomes' : 'profiles become'} stock. ${countWords(left, 'row')} with ${kinds} ${
        left === 1 ? 'is' : 'are'
      } left out: mend ${left === 1 ? 'it' : 'them'} in the file of faulty rows and upload that as a batch of its own.`}
      trigger={
        <Button variant={primary ? 'primary' : 'outline'} disabled={pending}>
          {label}
        </Button>
      }
    >
      <footer className="flex flex-wrap justify-end gap-2 pt-2">
        <DialogClose asChild>
          <Button>Not yet</Button>
        </DialogClose>
        <Button
          variant="primary"
          disabled={pending}
          onClick={() => {
            setOpen(false)
            onConfirm()
          }}
        >
          {label}
        </Button>
      </footer>
    </Dialog>
  )
}
