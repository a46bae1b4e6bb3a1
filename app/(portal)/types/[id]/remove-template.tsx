'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { putTemplate } from '../actions'

/** Leaves a type without a template. */
export function RemoveTemplate({ typeId, templateId, name }: { typeId: string; templateId: string; name: string }) {
  const router = useRouter()
  const done = useCallback(() => {
    toast.success('The type has no template any more.')
    router.refresh()
  }, [router])
  const { run, pending, message } = useAction(putTemplate, done)
  return (
    <div className="flex flex-col items-end gap-2">
      <ConfirmDialog
        trigger={
          <Button size="sm" disabled={pending}>
            Take away…
          </Button>
        }
        title="Take the template away?"
        description={`Batches that are checked from now on need a whole package for each subscriber. Batches that were checked with ${name} keep it.`}
        confirm="Take it away"
        keep="Keep it"
        pending={pending}
        onConfirm={() => run({ typeId, replaces: templateId, file: null })}
      />
      {message ? (
        <Notice tone="bad" title={problemTitle('The template is still there.', message)} live>
          {message}
        </Notice>
      ) : null}
    </div>
  )
}
