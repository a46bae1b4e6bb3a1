'use client'

import { ErrorMessage } from '@/components/shell/error-message'
import { FullPageMessage } from '@/components/shell/full-page-message'

export default function RootFailure({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <FullPageMessage title="This page could not be shown">
      <ErrorMessage digest={error.digest} reset={reset} />
    </FullPageMessage>
  )
}
