import type { ReactNode } from 'react'
import { Logo } from './logo'

/** A page that has only something to say, outside every room. */
export const FullPageMessage = ({ title, children }: { title: string; children: ReactNode }) => (
  <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-3 px-5 py-10">
    <Logo />
    <h1 className="mt-4 font-semibold text-xl tracking-tight">{title}</h1>
    {children}
  </main>
)
