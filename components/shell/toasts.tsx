'use client'

import { Toaster } from 'sonner'

/** Short words at the edge of the page about what was just done. */
export const Toasts = () => (
  <Toaster
    position="bottom-right"
    toastOptions={{
      unstyled: true,
      classNames: {
        toast: 'flex w-full items-center gap-2.5 rounded-md border bg-raised px-3.5 py-3 text-sm text-foreground shadow-lg',
        success: '[&_svg]:text-good',
        error: '[&_svg]:text-bad',
      },
    }}
  />
)
