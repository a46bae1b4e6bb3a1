'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useId, useRef, useState } from 'react'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { CheckField } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { Progress } from '@/components/ui/progress'
import { RelativeTime } from '@/components/ui/relative-time'
import type { DeviceImport } from '@/lib/inventory/devices/import-devices'
import { sendDeviceList } from './send-device-list'

interface DevicesCardProps {
  total: number
  /** Undefined: nothing was loaded yet */
  last: { file: string; at: string; by: string } | undefined
  mayChange: boolean
}

type Sending =
  | { state: 'idle' }
  | { state: 'sending'; share: number }
  | { state: 'done'; came: DeviceImport }
  | { state: 'failed'; why: string }

/** The operator's list of devices: brand and model by TAC. */
export function DevicesCard({ total, last, mayChange }: DevicesCardProps) {
  const router = useRouter()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [replace, setReplace] = useState(false)
  const [alive, setAlive] = useState(false)
  const [sending, setSending] = useState<Sending>({ state: 'idle' })
  const busy = sending.state === 'sending'
  useEffect(() => setAlive(true), [])

  async function send(file: File) {
    setSending({ state: 'sending', share: 0 })
    try {
      const came = await sendDeviceList(file, replace ? 'replace' : 'add', share => setSending({ state: 'sending', share }))
      setSending({ state: 'done', came })
      setReplace(false)
      router.refresh()
    } catch (error) {
      setSending({ state: 'failed', why: error instanceof Error ? error.message : String(error) })
    }
  }

  return (
    <Card
      title="Names of devices"
      actions={
        mayChange ? (
          <Button size="sm" disabled={busy || !alive} onClick={() => input.current?.click()}>
            Load a list…
          </Button>
        ) : null
      }
    >
      <p>
        {total > 0
          ? `${countWords(total, 'device')} can be named by brand and model.`
          : 'No device can be named yet: phones tell their TAC, the first eight digits of the IMEI, and nothing else.'}{' '}
        {last ? (
          <span className="text-quiet">
            From {last.file}, loaded <RelativeTime at={last.at} /> by {last.by}.
          </span>
        ) : null}
      </p>
      {mayChange ? (
        <>
          <p className="mt-1 text-quiet">
            A list is a table (CSV) with the columns TAC, brand and model, such as the GSMA gives to its members.
            {total > 0 ? null : ' With it the support desk reads “The Acme Pocket One” where it reads “The phone” now.'}
          </p>
          {total > 0 ? (
            <CheckField
              label="The next list takes the place of this one"
              hint="Otherwise it adds to it and corrects what it names again."
              checked={replace}
              onChange={setReplace}
              className="mt-3"
            />
          ) : null}
          <label htmlFor={id} className="sr-only">
            List of devices
          </label>
          <input
            ref={input}
            id={id}
            type="file"
            accept=".csv,.txt,.tsv,text/csv,text/plain"
            className="sr-only"
            tabIndex={-1}
            disabled={busy || !alive}
            onChange={event => {
              const [file] = event.target.files ?? []
              if (file) void send(file)
              event.target.value = ''
            }}
          />
        </>
      ) : null}
      <div aria-live="polite">{sending.state === 'idle' ? null : <Outcome sending={sending} />}</div>
    </Card>
  )
}

function Outcome({ sending }: { sending: Exclude<Sending, { state: 'idle' }> }) {
  if (sending.state === 'sending')
    return (
      <div className="mt-3 flex flex-col gap-1.5">
        <p className="text-quiet">{sending.share < 1 ? 'The list is on its way…' : 'All of it is sent. The server reads it…'}</p>
        <Progress label="List of devices" value={sending.share < 1 ? sending.share : undefined} />
      </div>
    )
  if (sending.state === 'failed')
    return (
      <Notice tone="bad" title="The list was not loaded." className="mt-3">
        {sending.why}
      </Notice>
    )
  return <Came {...sending.came} />
}

function Came({ taken, refused, problems, padded }: DeviceImport) {
  const zeros = padded > 0 ? ` ${countWords(padded, 'TAC')} got back a zero in front that a spreadsheet had dropped.` : ''
  if (refused === 0)
    return (
      <Notice tone="good" title={`${countWords(taken, 'device was', 'devices were')} loaded.`} className="mt-3">
        {zeros.trim() || null}
      </Notice>
    )
  return (
    <Notice
      tone="warn"
      title={`${countWords(taken, 'device was', 'devices were')} loaded, ${countWords(refused, 'line')} could not be used.`}
      className="mt-3"
    >
      {zeros ? <p>{zeros.trim()}</p> : null}
      <ul className="mt-1 flex max-h-64 flex-col gap-0.5 overflow-y-auto">
        {problems.map(({ line, sentence }) => (
          <li key={line}>
            <span className="font-medium tabular-nums">Line {numberWords(line)}:</span> {sentence}
          </li>
        ))}
      </ul>
      {refused > problems.length ? <p className="mt-1 text-quiet">And {countWords(refused - problems.length, 'more line')}.</p> : null}
    </Notice>
  )
}
