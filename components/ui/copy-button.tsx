'use client'

import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { toast } from 'sonner'
import { classNames } from '@/components/class-names'

interface CopyButtonProps {
  text: string
  /** What is copied, for the button's name: "Copy ICCID". */
  what: string
  className?: string
}

export function CopyButton({ text, what, className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)

  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [copied])

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      toast.error('The browser does not let this page copy. Mark the text and copy it by hand.')
    }
  }

  return (
    <button
      type="button"
      onClick={copy}
      aria-label={copied ? `${what} copied` : `Copy ${what}`}
      title={`Copy ${what}`}
      className={classNames(
        'inline-flex size-6 shrink-0 items-center justify-center rounded text-quiet hover:bg-muted hover:text-foreground [&_svg]:size-3.5',
        className,
      )}
    >
      {copied ? <Check aria-hidden className="text-good" /> : <Copy aria-hidden />}
    </button>
  )
}
