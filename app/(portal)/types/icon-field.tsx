'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

export interface Icon {
  iconType: 'jpg' | 'png'
  icon: Uint8Array<ArrayBuffer>
}

/** SGP.22 §5.5.3: at most 1024 bytes, 64 by 64 pixels */
const maxBytes = 1024
const sidePixels = 64

const source = ({ iconType, icon }: Icon): string =>
  `data:image/${iconType === 'jpg' ? 'jpeg' : 'png'};base64,${btoa(String.fromCharCode(...icon))}`

/** Reads a chosen image. @throws Error with a sentence for people */
async function readIcon(file: File): Promise<Icon> {
  const iconType = file.type === 'image/png' ? 'png' : file.type === 'image/jpeg' ? 'jpg' : undefined
  if (!iconType) throw new Error('This is neither a PNG nor a JPEG.')
  if (file.size > maxBytes) throw new Error(`This image has ${file.size} bytes; an icon may have ${maxBytes}.`)
  const image = await createImageBitmap(file).catch(() => {
    throw new Error('This image cannot be read.')
  })
  const { width, height } = image
  image.close()
  if (width !== sidePixels || height !== sidePixels) {
    throw new Error(`This image is ${width} by ${height} pixels; an icon has ${sidePixels} by ${sidePixels}.`)
  }
  return { iconType, icon: new Uint8Array(await file.arrayBuffer()) }
}

interface IconFieldProps {
  icon: Icon | undefined
  onChange: (icon: Icon | undefined) => void
  error: string | undefined
}

/** Chooses the icon that a device shows beside the profile, and shows it. */
export function IconField({ icon, onChange, error }: IconFieldProps) {
  const [problem, setProblem] = useState<string>()

  const choose = async (file: File | undefined) => {
    setProblem(undefined)
    onChange(undefined)
    if (!file) return
    try {
      onChange(await readIcon(file))
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : 'This image cannot be read.')
    }
  }

  return (
    <Field label="Icon" optional hint="PNG or JPEG, 64 by 64 pixels, at most 1,024 bytes." error={problem ?? error}>
      {control => (
        <div className="flex items-center gap-2">
          {icon ? (
            <>
              <span
                role="img"
                aria-label="The chosen icon"
                className="size-9 shrink-0 rounded border bg-center bg-contain"
                style={{ backgroundImage: `url(${source(icon)})` }}
              />
              <Button size="sm" onClick={() => onChange(undefined)}>
                Remove
              </Button>
            </>
          ) : null}
          <Input
            {...control}
            type="file"
            accept="image/png,image/jpeg"
            className="min-w-0 py-1.5"
            onChange={event => choose(event.target.files?.[0])}
          />
        </div>
      )}
    </Field>
  )
}
