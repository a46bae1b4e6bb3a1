'use client'

import { FileUp } from 'lucide-react'
import Link from 'next/link'
import { type DragEvent, useEffect, useId, useRef, useState } from 'react'
import { classNames } from '@/components/class-names'
import { Button } from '@/components/ui/button'

interface DropZoneProps {
  disabled: boolean
  onFiles: (files: File[]) => void
}

/** Where files are dropped, or chosen with the button. What a file is, its octets say: any name is taken. */
export function DropZone({ disabled, onFiles }: DropZoneProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)

  // Files may be chosen before this page is alive.
  useEffect(() => {
    const chosen = input.current
    if (!chosen?.files?.length) return
    onFiles([...chosen.files])
    chosen.value = ''
  }, [onFiles])

  const drag = (inside: boolean) => (event: DragEvent) => {
    event.preventDefault()
    setOver(inside && !disabled)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (!disabled) onFiles([...event.dataTransfer.files])
  }

  return (
    <section
      aria-label="Files"
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={drop}
      className={classNames(
        'flex flex-col items-center gap-2.5 rounded-lg border-2 border-control/50 border-dashed px-4 py-6 text-center',
        over && 'border-accent bg-accent-soft',
      )}
    >
      <FileUp className="size-8 text-quiet" aria-hidden />
      <p className="font-medium">Drop what your vendor sent</p>
      <Button disabled={disabled} onClick={() => input.current?.click()}>
        Choose files…
      </Button>
      <p className="max-w-lg text-quiet">
        A table (CSV, tab or semicolon), a vendor's .out file, or profile packages: one .der, or a .zip of them with or without a table.
        Each may be PGP-encrypted to{' '}
        <Link href="/settings/keys" className="text-accent underline underline-offset-2">
          this portal's key
        </Link>
        .
      </p>
      <label htmlFor={id} className="sr-only">
        Files of vendors
      </label>
      <input
        ref={input}
        id={id}
        type="file"
        multiple
        className="sr-only"
        tabIndex={-1}
        disabled={disabled}
        onChange={event => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </section>
  )
}
