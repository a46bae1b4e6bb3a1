'use client'

import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Input } from '@/components/ui/input'

interface SearchFieldProps {
  /** What the URL says now */
  value: string
  onSearch: (text: string) => void
  /** Enter, when the answer for this text is on the screen */
  onEnter: () => void
}

/** The search over the table: the URL follows a moment after the last key. */
export function SearchField({ value, onSearch, onEnter }: SearchFieldProps) {
  const [text, setText] = useState(value)
  const asked = useRef(value)

  useEffect(() => {
    if (value === asked.current) return
    asked.current = value
    setText(value)
  }, [value])

  useEffect(() => {
    if (text === asked.current) return
    const timer = setTimeout(() => {
      asked.current = text
      onSearch(text)
    }, 250)
    return () => clearTimeout(timer)
  }, [text, onSearch])

  return (
    <search className="relative w-full min-w-0 sm:w-72">
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-quiet" aria-hidden />
      <Input
        type="search"
        aria-label="Search profiles by any number of theirs or of their orders"
        placeholder="ICCID, EID, reference, e-mail…"
        className="h-8 pl-8"
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key !== 'Enter') return
          if (text === value) onEnter()
          else {
            asked.current = text
            onSearch(text)
          }
        }}
        autoComplete="off"
        spellCheck={false}
      />
    </search>
  )
}
