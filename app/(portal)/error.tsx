'use client'

import { ErrorMessage } from '@/components/shell/error-message'
import { PageHeader } from '@/components/shell/page-header'

export default function RoomFailure({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <PageHeader title="This page could not be shown" />
      <div className="flex max-w-xl flex-col gap-3">
        <ErrorMessage digest={error.digest} reset={reset} />
      </div>
    </>
  )
}
