'use client'

import { Search } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { Dialog as Radix } from 'radix-ui'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { classNames } from '@/components/class-names'
import { StateBadge } from '@/components/profile/state-badge'
import { Button } from '@/components/ui/button'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { useRooms } from './use-rooms'

interface Found {
  iccid: string
  state: ProfileState
  type: string
  packageName: string
  eid: string | null
  matchingId: string | null
}

const asked = 'slipway:search'

/** Answers of GET /api/profiles?q= for what is typed; the newest question wins. */
function useFoundProfiles(text: string, open: boolean): { profiles: Found[]; searching: boolean; failed: boolean } {
  const [answer, setAnswer] = useState<{ text: string; profiles: Found[]; failed: boolean }>({ text: '', profiles: [], failed: false })
  const wanted = open && text.trim().length >= 3 ? text.trim() : ''

  useEffect(() => {
    if (!wanted) return
    const abort = new AbortController()
    const timer = setTimeout(async () => {
      try {
        const response = await fetch(`/api/profiles?q=${encodeURIComponent(wanted)}`, { signal: abort.signal })
        const body: { profiles: Found[] } = response.ok ? await response.json() : { profiles: [] }
        setAnswer({ text: wanted, profiles: body.profiles, failed: !response.ok })
      } catch {
        if (!abort.signal.aborted) setAnswer({ text: wanted, profiles: [], failed: true })
      }
    }, 120)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [wanted])

  if (!wanted) return { profiles: [], searching: false, failed: false }
  return { profiles: answer.profiles, searching: answer.text !== wanted, failed: answer.failed && answer.text === wanted }
}

/** Opens the search over everything. */
export const SearchButton = () => (
  <Button
    className="min-w-0 justify-start text-quiet md:w-full"
    aria-keyshortcuts="Control+K Meta+K"
    onClick={() => window.dispatchEvent(new Event(asked))}
  >
    <Search aria-hidden />
    <span className="truncate">Search</span>
    <kbd className="ml-auto rounded border px-1 font-sans text-xs max-md:hidden">Ctrl K</kbd>
  </Button>
)

/** Search over everything, from anywhere with Ctrl K; once on a page. */
export function CommandPalette() {
  const router = useRouter()
  const known = useRooms()
  const listId = useId()
  const list = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const { profiles, searching, failed } = useFoundProfiles(text, open)

  useEffect(() => {
    const onAsk = () => setOpen(true)
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
        event.preventDefault()
        setOpen(shown => !shown)
      }
    }
    window.addEventListener('keydown', onKey)
    window.addEventListener(asked, onAsk)
    return () => {
      window.removeEventListener('keydown', onKey)
      window.removeEventListener(asked, onAsk)
    }
  }, [])

  const words = text.trim().toLowerCase()
  const rooms = known.filter(room => `${room.name} ${room.about}`.toLowerCase().includes(words))
  const all = words.length >= 3 ? [`/profiles?q=${encodeURIComponent(text.trim())}`] : []
  const targets = [...profiles.map(profile => `/profiles/${profile.iccid}`), ...all, ...rooms.map(room => room.href)]
  const at = Math.min(active, targets.length - 1)

  const change = (shown: boolean) => {
    setOpen(shown)
    setText('')
    setActive(0)
  }
  const go = (href: string | undefined) => {
    if (!href) return
    change(false)
    router.push(href)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') go(targets[at])
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = (at + (event.key === 'ArrowDown' ? 1 : targets.length - 1)) % Math.max(targets.length, 1)
      setActive(next)
      list.current?.querySelectorAll('[role=option]')[next]?.scrollIntoView({ block: 'nearest' })
    } else return
    event.preventDefault()
  }
  const option = (index: number) => ({
    role: 'option' as const,
    id: `${listId}-${index}`,
    tabIndex: -1,
    'aria-selected': index === at,
    onMouseMove: () => setActive(index),
    onClick: () => go(targets[index]),
    className: classNames('flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-3 py-1.5', index === at && 'bg-accent-soft'),
  })

  return (
    <Radix.Root open={open} onOpenChange={change}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-x-0 top-[max(0.75rem,10dvh)] z-50 mx-auto flex max-h-[80dvh] w-[calc(100%-1.5rem)] max-w-xl animate-rise-in flex-col overflow-hidden rounded-lg border bg-raised shadow-xl"
        >
          <Radix.Title className="sr-only">Search everything</Radix.Title>
          <div className="flex items-center gap-2.5 border-b px-4">
            <Search className="size-4 shrink-0 text-quiet" aria-hidden />
            <input
              role="combobox"
              aria-label="ICCID, EID, matching ID, IMSI, reference, e-mail or a room"
              aria-expanded="true"
              aria-controls={listId}
              aria-autocomplete="list"
              aria-activedescendant={targets.length ? `${listId}-${at}` : undefined}
              placeholder="ICCID, EID, matching ID, reference, e-mail or a room"
              value={text}
              onChange={event => {
                setText(event.target.value)
                setActive(0)
              }}
              onKeyDown={onKeyDown}
              autoComplete="off"
              spellCheck={false}
              className="h-12 w-full bg-transparent text-base outline-none placeholder:text-quiet"
            />
          </div>
          <div ref={list} id={listId} role="listbox" aria-label="Found" className="min-h-0 overflow-y-auto p-1.5">
            {profiles.map((profile, i) => (
              <div key={profile.iccid} {...option(i)}>
                <span className="min-w-0 flex-1">
                  <span className="identifier block">{profile.iccid}</span>
                  <span className="block truncate text-quiet text-xs">
                    {[profile.packageName || profile.type, profile.matchingId, profile.eid && `EID ${profile.eid}`]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </span>
                <StateBadge state={profile.state} />
              </div>
            ))}
            {all.map(href => (
              <div key={href} {...option(profiles.length)}>
                <Search className="size-4 text-quiet" aria-hidden />
                <span className="min-w-0 truncate">
                  All profiles with <span className="identifier">{text.trim()}</span>
                </span>
              </div>
            ))}
            {rooms.map(({ href, name, about, icon: Icon }, i) => (
              <div key={href} {...option(profiles.length + all.length + i)}>
                <Icon className="size-4 shrink-0 text-quiet" aria-hidden />
                <span className="font-medium">{name}</span>
                <span className="min-w-0 truncate text-quiet text-xs">{about}</span>
              </div>
            ))}
          </div>
          <p role="status" className="border-t px-4 py-2 text-quiet text-xs">
            {failed
              ? 'The search did not get through. Try again.'
              : searching
                ? 'Searching…'
                : words.length >= 3 && profiles.length === 0
                  ? 'No profile has this number, matching ID, reference or e-mail address.'
                  : 'The first or last digits of an ICCID are enough.'}
          </p>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
