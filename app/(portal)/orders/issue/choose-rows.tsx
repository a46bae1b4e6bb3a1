'use client'

import { FileUp } from 'lucide-react'
import { type DragEvent, useId, useRef, useState } from 'react'
import { classNames } from '@/components/class-names'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'

interface ChooseRowsProps {
  pending: boolean
  onChosen: (file: File) => void
}

/** Where a file of ICCIDs and EIDs is dropped or chosen, or its lines are pasted. */
export function ChooseRows({ pending, onChosen }: ChooseRowsProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [pasted, setPasted] = useState('')
  const drag = (inside: boolean) => (event: DragEvent) => {
    event.preventDefault()
    setOver(inside)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file) onChosen(file)
  }
  return (
    <>
      <section
        aria-label="File"
        onDragOver={drag(true)}
        onDragLeave={drag(false)}
        onDrop={drop}
        className={classNames(
          'flex flex-col items-center gap-2 rounded-lg border-2 border-control/50 border-dashed px-4 py-5 text-center',
          over && 'border-accent bg-accent-soft',
        )}
      >
        <FileUp className="size-7 text-quiet" aria-hidden />
        <Button disabled={pending} onClick={() => input.current?.click()}>
          {pending ? 'Reading…' : 'Choose a file…'}
        </Button>
        <p className="text-quiet">
          CSV, semicolons or tabs, with or without a heading line. With one, columns named reference, e-mail and language are taken as well.
        </p>
        <label htmlFor={id} className="sr-only">
          File of ICCIDs and EIDs
        </label>
        <input
          ref={input}
          id={id}
          type="file"
          className="sr-only"
          tabIndex={-1}
          disabled={pending}
          onChange={event => {
            const [file] = event.target.files ?? []
            if (file) onChosen(file)
            event.target.value = ''
          }}
        />
      </section>
      <Field label="Or paste the lines here">
        {control => (
          <textarea
            {...control}
            rows={4}
            spellCheck={false}
            value={pasted}
            onChange={event => setPasted(event.target.value)}
            className="identifier w-full rounded-md border border-control/70 bg-surface px-3 py-2 text-sm"
          />
        )}
      </Field>
      {pasted.trim() ? (
        <Button
          disabled={pending}
          className="self-start"
          onClick={() => onChosen(new File([pasted], 'pasted lines', { type: 'text/plain' }))}
        >
          {pending ? 'Reading…' : 'Read these lines'}
        </Button>
      ) : null}
    </>
  )
}
