'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { iconProblem, readPicture } from '@/lib/rsp/icon'
import type { TypeDraft } from './[id]/draft'
import { IconImage } from './icon-image'

type Icon = TypeDraft['icon']

const unreadable = 'This picture cannot be read. Save it again as PNG or JPEG.'

/** Reads a chosen picture. @throws Error with a sentence for people */
async function readIcon(file: File): Promise<Icon> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const problem = iconProblem(bytes)
  if (problem) throw new Error(problem)
  const picture = readPicture(bytes)
  const image = await createImageBitmap(file).catch(() => undefined)
  image?.close()
  if (!picture || !image) throw new Error(unreadable)
  return { iconType: picture.iconType, base64: btoa(String.fromCharCode(...bytes)) }
}

interface IconFieldProps {
  icon: Icon
  onChange: (icon: Icon) => void
  error: string | undefined
}

/** Chooses the icon that a device shows beside the profile, and shows it. */
export function IconField({ icon, onChange, error }: IconFieldProps) {
  const [problem, setProblem] = useState<string>()

  const choose = async (input: HTMLInputElement) => {
    const [file] = input.files ?? []
    setProblem(undefined)
    if (!file) return
    try {
      onChange(await readIcon(file))
    } catch (cause) {
      input.value = ''
      setProblem(cause instanceof Error ? cause.message : unreadable)
    }
  }

  return (
    <Field label="Icon" optional hint="PNG or JPEG, 64 by 64 pixels, at most 1,024 bytes." error={problem ?? error}>
      {control => (
        <div className="flex items-center gap-2">
          {icon ? (
            <>
              <IconImage icon={icon} name="The icon" className="size-9 rounded" />
              <Button size="sm" onClick={() => onChange(null)}>
                Remove
              </Button>
            </>
          ) : null}
          <Input
            {...control}
            type="file"
            accept="image/png,image/jpeg"
            className="min-w-0 py-1.5"
            onChange={event => choose(event.currentTarget)}
          />
        </div>
      )}
    </Field>
  )
}
