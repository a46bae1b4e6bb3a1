'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import type { BrandDraft } from './brand-draft'
import { fitLogo } from './fit-logo'

interface LogoFieldProps {
  logo: BrandDraft['logo']
  onChange: (logo: BrandDraft['logo']) => void
  error: string | undefined
}

/** Chooses the operator's logo, and shows it. */
export function LogoField({ logo, onChange, error }: LogoFieldProps) {
  const [problem, setProblem] = useState<string>()
  const [redrawn, setRedrawn] = useState(false)

  const choose = async (input: HTMLInputElement) => {
    const [file] = input.files ?? []
    setProblem(undefined)
    setRedrawn(false)
    if (!file) return
    try {
      const fitted = await fitLogo(file)
      onChange(fitted.logo)
      setRedrawn(fitted.redrawn)
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : 'This picture cannot be read.')
    } finally {
      // The same file may be chosen once more.
      input.value = ''
    }
  }

  return (
    <Field
      label="Logo"
      optional
      hint={redrawn ? 'Drawn smaller, to fit into 16 kB.' : 'PNG or JPEG, at most 16 kB; what is larger is drawn smaller.'}
      error={problem ?? error}
    >
      {control => (
        <div className="flex flex-wrap items-center gap-2">
          {logo ? (
            <>
              {/* The page puts it on white in the dark as well. */}
              <span className="grid h-14 w-32 place-items-center rounded-md border bg-white">
                <span
                  role="img"
                  aria-label="The logo"
                  className="h-10 w-28 bg-center bg-contain bg-no-repeat"
                  style={{ backgroundImage: `url(data:image/${logo.type === 'jpg' ? 'jpeg' : 'png'};base64,${logo.base64})` }}
                />
              </span>
              <Button
                size="sm"
                onClick={() => {
                  onChange(null)
                  setRedrawn(false)
                }}
              >
                Remove
              </Button>
            </>
          ) : null}
          <Input
            {...control}
            type="file"
            accept="image/png,image/jpeg,image/svg+xml,image/webp"
            className="min-w-0 py-1.5"
            onChange={event => choose(event.currentTarget)}
          />
        </div>
      )}
    </Field>
  )
}
