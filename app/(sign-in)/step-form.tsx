import { type ComponentProps, useEffect, useRef } from 'react'
import type { FormState } from './form-state'

/**
 * A form of the sign-in pages. One answer is waited for at a time: pressed again, it sends nothing.
 * After a refusal the keyboard is where something is to be mended: at the first field that is marked, else at the password or the code.
 * React empties the fields when the answer is there, so they are read-only until then: what is typed is never lost.
 */
export function StepForm({ state, pending, onSubmit, ...props }: ComponentProps<'form'> & { state: FormState; pending: boolean }) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (!state.message) return
    const field =
      form.current?.querySelector<HTMLInputElement>('[aria-invalid]') ??
      form.current?.elements.namedItem('password') ??
      form.current?.elements.namedItem('code')
    if (field instanceof HTMLInputElement) field.focus()
  }, [state])
  return (
    <form
      {...props}
      ref={form}
      className="flex flex-col gap-4"
      onSubmit={event => (pending ? event.preventDefault() : onSubmit?.(event))}
    />
  )
}
