import { useEffect, useRef } from 'react'
import type { FormState } from './form-state'

/** After a refusal the keyboard is where something is to be mended: at the first field that is marked, else at the password or the code. */
export function useFormFocus(state: FormState) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (!state.message) return
    const field =
      form.current?.querySelector<HTMLInputElement>('[aria-invalid]') ??
      form.current?.elements.namedItem('password') ??
      form.current?.elements.namedItem('code')
    if (field instanceof HTMLInputElement) field.focus()
  }, [state])
  return form
}
