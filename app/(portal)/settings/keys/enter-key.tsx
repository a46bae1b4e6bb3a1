'use client'

import { KeyRound } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import type { EnteredTransportKey } from '@/lib/inventory/transport-keys'
import { enterKey } from './actions'
import { CheckValueField } from './check-value-field'
import { EnteredStep } from './entered-step'
import { SecretField } from './secret-field'

const empty = { vendor: '', keyIndex: '', algorithm: 'AES', mode: 'ECB', iv: '', parts: '1', key: '', checkValue: '' }

/** Takes in a transport key, whole or the first part of it. */
export function EnterKey({ vendors, byTwo }: { vendors: string[]; byTwo: boolean }) {
  const router = useRouter()
  const listId = useId()
  const [open, setOpen] = useState(false)
  const [given, setGiven] = useState(empty)
  const [entered, setEntered] = useState<EnteredTransportKey>()
  const set = (field: keyof typeof empty) => (value: string) => setGiven(before => ({ ...before, [field]: value }))
  const done = useCallback((result: EnteredTransportKey) => {
    setGiven(empty)
    setEntered(result)
  }, [])
  const { run, refuse, pending, message, fields } = useAction(enterKey, done)
  const change = (shown: boolean) => {
    setOpen(shown)
    // Not before: the page without this button would take the check value away.
    if (entered) router.refresh()
    setEntered(undefined)
    setGiven(empty)
    refuse('')
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { vendor, keyIndex, algorithm, mode, iv, parts, key, checkValue } = given
    run({
      vendor,
      keyIndex,
      algorithm: algorithm === '3DES' ? '3DES' : 'AES',
      mode: mode === 'CBC' ? 'CBC' : 'ECB',
      parts: Number(parts),
      key,
      ...(mode === 'CBC' && iv.trim() ? { iv } : {}),
      ...(checkValue.trim() ? { checkValue } : {}),
    })
  }
  const several = given.parts !== '1'
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      busy={pending}
      title="Enter a transport key"
      description="As it stands on the vendor’s paper. Afterwards only its check value is shown."
      trigger={
        <Button size="sm">
          <KeyRound aria-hidden /> Enter a key
        </Button>
      }
    >
      {entered ? (
        <EnteredStep entered={entered} onDone={() => change(false)} />
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4" noValidate autoComplete="off">
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Vendor" optional hint="Empty: for files of any vendor" error={fields.vendor}>
              {control => (
                <>
                  <Input
                    {...control}
                    list={listId}
                    value={given.vendor}
                    onChange={event => set('vendor')(event.target.value)}
                    autoComplete="off"
                  />
                  <datalist id={listId}>
                    {vendors.map(vendor => (
                      <option key={vendor} value={vendor} />
                    ))}
                  </datalist>
                </>
              )}
            </Field>
            <Field label="Number of the key" hint="As the vendor’s files name it, such as 011" error={fields.keyIndex}>
              {control => (
                <Input {...control} value={given.keyIndex} onChange={event => set('keyIndex')(event.target.value)} autoComplete="off" />
              )}
            </Field>
            <Field label="Algorithm" error={fields.algorithm}>
              {control => (
                <Select {...control} value={given.algorithm} onChange={event => set('algorithm')(event.target.value)}>
                  <option>AES</option>
                  <option>3DES</option>
                </Select>
              )}
            </Field>
            <Field label="Mode" error={fields.mode}>
              {control => (
                <Select {...control} value={given.mode} onChange={event => set('mode')(event.target.value)}>
                  <option>ECB</option>
                  <option>CBC</option>
                </Select>
              )}
            </Field>
          </div>
          {given.mode === 'CBC' ? (
            <Field label="Initial vector" optional hint="One block in hexadecimal; zeros when empty" error={fields.iv}>
              {control => (
                <Input
                  {...control}
                  className="identifier"
                  value={given.iv}
                  onChange={event => set('iv')(event.target.value)}
                  autoComplete="off"
                />
              )}
            </Field>
          ) : null}
          <Field
            label="Entered by"
            hint={
              several
                ? 'Each person enters the part on their own paper; nobody sees the whole key.'
                : byTwo
                  ? 'A second person has to approve it.'
                  : undefined
            }
            error={fields.parts}
          >
            {control => (
              <Select {...control} value={given.parts} onChange={event => set('parts')(event.target.value)}>
                <option value="1">One person, the whole key</option>
                <option value="2">Two people, a part each</option>
                <option value="3">Three people, a part each</option>
              </Select>
            )}
          </Field>
          <SecretField
            label={several ? 'Your part' : 'Key'}
            hint={given.algorithm === 'AES' ? '32, 48 or 64 hexadecimal digits' : '32 or 48 hexadecimal digits'}
            value={given.key}
            onChange={set('key')}
            error={fields.key}
          />
          <CheckValueField
            label={several ? 'Check value of your part' : 'Check value (KCV)'}
            value={given.checkValue}
            onChange={set('checkValue')}
            error={fields.checkValue}
          />
          {message ? <Notice tone="bad" title={message} live /> : null}
          <footer className="flex justify-end">
            <Button type="submit" variant="primary" disabled={pending}>
              {pending ? 'Keeping it…' : several ? 'Keep my part' : 'Keep the key'}
            </Button>
          </footer>
        </form>
      )}
    </Dialog>
  )
}
